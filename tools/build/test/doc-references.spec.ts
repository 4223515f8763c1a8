import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

import { root } from '../paths.ts';

const PARTS = ['services', 'libs', 'tools', 'docs', 'deploy', 'helm'];
/** Folders of what is made, not written. */
const MADE = new Set(['node_modules', 'dist', '.lamp', 'generated']);

/** Every file that is written, from the root of the repository. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (MADE.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const files = PARTS.flatMap(filesBelow);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  ...files.filter((path) => path.endsWith('.md')),
  ...['README', 'ARCHITECTURE', 'CONTRIBUTING', 'CHANGELOG'].map((name) => `${name}.md`),
];
const sources = files.filter((path) => /\.(ts|mjs|yaml|yml|json|tpl|sh|conf)$|\.env\.example$/.test(path));

/** As GitHub makes them: small letters, dashes for spaces, no punctuation. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

/** What each page says between backticks. */
const codeOf = (page: string): string[] => [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

describe('what the pages refer to', () => {
  it('is there: files and headings of links', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s#]*)(#[^)\s]*)?\)/g)].flatMap(([, path = '', anchor = '']) => {
        if (/^[a-z]+:/.test(path)) return [];
        const target =
          path === ''
            ? page
            : normalize(join(dirname(page), path))
                .split(sep)
                .join('/');
        const isThere = existsSync(join(root, target));
        const isHeading =
          anchor === '' || !target.endsWith('.md') || (isThere && anchorsOf(target).includes(anchor.slice(1)));
        return isThere && isHeading ? [] : [`${page}: ${path}${anchor}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('is there: source files that READMEs name, below their folder or from the root', () => {
    const broken = pages
      .filter((page) => /^(services|libs|tools)\/[^/]+\/README\.md$/.test(page))
      .flatMap((page) =>
        codeOf(page)
          .filter((code) => /^[\w./-]+\.(ts|sql)$/.test(code) && code !== 'main.ts')
          .filter(
            (code) =>
              !files.some(
                (file) => file === code || (file.startsWith(`${dirname(page)}/`) && file.endsWith(`/${code}`)),
              ),
          )
          .map((code) => `${page}: ${code}`),
      );
    expect(broken).toEqual([]);
  });

  it('is there: settings', () => {
    const known = new Set(sources.flatMap((path) => read(path).match(/\bLAMP_[A-Z0-9_]+\b/g) ?? []));
    const broken = pages
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap((page) =>
        codeOf(page)
          .filter((code) => /^LAMP_[A-Z0-9_]*[A-Z0-9]$/.test(code) && !known.has(code))
          .map((code) => `${page}: ${code}`),
      );
    expect(broken).toEqual([]);
  });

  it('is there: commands of lamp, with their options', () => {
    const code = files
      .filter((path) => path.startsWith('tools/lamp/src/commands/'))
      .map(read)
      .join('\n');
    const api = read('tools/lamp/src/api/connect.ts');
    const words = new Set([...code.matchAll(/\.(?:command|alias)\(\s*'([\w-]+)/g)].map(([, word]) => word));
    // What is made of a list: pause, resume and the like.
    const isWord = (word: string) => words.has(word) || new RegExp(`\\b'?${word}'?(: \\{|['\\]])`).test(code);
    const isOption = (option: string) => code.includes(option) || api.includes(option);
    const said = pages
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap((page) =>
        [...read(page).matchAll(/(?:^|[`"$] ?|\.\/)lamp ([a-z][a-z-]*)((?: [^\n`"|#;>]*)?)/gm)].map(
          ([, first = '', rest = '']) => ({ page, first, rest }),
        ),
      );
    const broken = said.flatMap(({ page, first, rest }) => [
      ...(isWord(first) ? [] : [`${page}: lamp ${first}`]),
      ...(rest.match(/(?<= )--[a-z][a-z-]+/g) ?? [])
        .filter((option) => option !== '--help' && !isOption(option))
        .map((option) => `${page}: lamp ${first} ${option}`),
    ]);
    expect(said.length).toBeGreaterThan(100);
    expect(broken).toEqual([]);
  });
});
