import type { Picture } from '../../config/graph/picture.ts';
import type { Context, StackOption } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { loadPlan, showWarnings } from '../stack-plan.ts';

/** What may be asked of `graph`. */
export interface GraphOptions extends StackOption {
  readonly format: 'mermaid' | 'dot';
}

/** Prints a picture of a stack's plan, for Mermaid or Graphviz to draw. */
export async function graph(context: Context, { stack, format }: GraphOptions): Promise<number> {
  const { plan, warnings } = await loadPlan(context.projectDir, stack);
  await showWarnings(context, warnings);
  const { pictureOf } = await import('../../config/graph/picture.ts');
  context.stdout.write(await written(pictureOf(plan), format));
  return EXIT.ok;
}

async function written(picture: Picture, format: GraphOptions['format']): Promise<string> {
  switch (format) {
    case 'mermaid':
      return (await import('../../config/graph/mermaid.ts')).toMermaid(picture);
    case 'dot':
      return (await import('../../config/graph/dot.ts')).toDot(picture);
    default:
      return format satisfies never;
  }
}
