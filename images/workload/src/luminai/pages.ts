import type { Query } from '../database.ts';

/** A page as it is stored. */
export interface Page {
  /** UUID of version 7: it holds the time at which the page was written. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly writtenAt: Date;
}

const SELECT = `SELECT page.id, page.title, page.body, visitor.name AS author,
    uuid_extract_timestamp(page.id) AS "writtenAt"
  FROM luminai.pages page JOIN luminai.visitors visitor ON visitor.id = page.author_id`;

/** The visitor of that name, who is there from now on. @returns its id */
export async function visitorOf(query: Query, name: string): Promise<string> {
  const [row] = await query<{ id: string }>(
    `INSERT INTO luminai.visitors (name) VALUES ($1)
     ON CONFLICT (name) DO UPDATE SET seen_at = now() RETURNING id`,
    [name],
  );
  if (row === undefined) throw new Error('no visitor was stored');
  return row.id;
}

/** Stores a page; its key is the database's own. @returns its id */
export async function write(query: Query, authorId: string, page: Pick<Page, 'title' | 'body'>): Promise<string> {
  const [row] = await query<{ id: string }>(
    'INSERT INTO luminai.pages (author_id, title, body) VALUES ($1, $2, $3) RETURNING id',
    [authorId, page.title, page.body],
  );
  if (row === undefined) throw new Error('no page was stored');
  return row.id;
}

/** One page; undefined: there is none. */
export async function read(query: Query, id: string): Promise<Page | undefined> {
  return (await query<Page & Record<string, unknown>>(`${SELECT} WHERE page.id = $1`, [id]))[0];
}

/** Removes a page of its author's. @returns whether there was one */
export async function remove(query: Query, authorId: string, id: string): Promise<boolean> {
  const rows = await query('DELETE FROM luminai.pages WHERE id = $1 AND author_id = $2 RETURNING 1', [id, authorId]);
  return rows.length > 0;
}

/** Pages whose title or body has the words in it, accents and capitals left aside; without words all; newest first. */
export async function search(query: Query, words: string, limit: number): Promise<Page[]> {
  return query<Page & Record<string, unknown>>(
    `${SELECT} WHERE position(luminai.plain($1) IN luminai.plain(page.title || ' ' || page.body)) > 0
     ORDER BY page.id DESC LIMIT $2`,
    [words, limit],
  );
}

/** A page for a browser. Pure. */
export function pageHtml({ id, title, body, author, writtenAt }: Page): string {
  const paragraphs = body.split(/\n{2,}/).map((paragraph) => `<p>${escape(paragraph)}</p>`);
  const from = `<footer>${escape(author)}, <time>${writtenAt.toISOString()}</time>, ${id}</footer>`;
  return html(title, [`<h1>${escape(title)}</h1>`, ...paragraphs, from]);
}

/** What there is, for a browser. Pure. */
export function listHtml(pages: readonly Page[], visitor: string | undefined): string {
  const items = pages.map(({ id, title }) => `<li><a href="/pages/${id}">${escape(title)}</a></li>`);
  const greeting = visitor === undefined ? 'Nobody is logged in.' : `Logged in as ${escape(visitor)}.`;
  return html('Luminai', ['<h1>Luminai</h1>', `<p>${greeting}</p>`, '<ul>', ...items, '</ul>']);
}

function html(title: string, lines: readonly string[]): string {
  const head = `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${escape(title)}</title>`;
  return [head, ...lines, '</html>', ''].join('\n');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
