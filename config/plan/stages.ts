/**
 * The stages of a Dockerfile, in order: the name of each, or '' for one that has none. Text that is handed to a command
 * (`RUN <<EOF`) and looks like a stage is taken for one: the builder itself has the last word.
 */
export function stagesOf(dockerfile: string): string[] {
  const escape = /^#\s*escape\s*=\s*`\s*$/im.test(dockerfile.split(/\n(?!#)/, 1)[0] ?? '') ? '`' : '\\\\';
  return dockerfile
    .replace(/^\s*#.*\r?\n?/gm, '')
    .replace(new RegExp(`${escape}[ \\t]*\\r?\\n`, 'g'), ' ')
    .split('\n')
    .flatMap((line) => {
      const [whole, name = ''] = /^\s*FROM\s+(?:--\S+\s+)*\S+(?:\s+AS\s+(\S+))?\s*$/i.exec(line) ?? [];
      return whole === undefined ? [] : [name];
    });
}

/** Whether a builder finds the stage `target`: by name, whatever its case, or by number. */
export function hasStage(stages: readonly string[], target: string): boolean {
  const number = /^\d+$/.test(target) ? Number(target) : Number.NaN;
  return number < stages.length || stages.some((name) => name.toLowerCase() === target.toLowerCase());
}
