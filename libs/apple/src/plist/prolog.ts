import type { Fault } from './text.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const DOCTYPE =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
/** Nobody's XML declaration, DOCTYPE or plist tag is longer; keeps the patterns below off megabytes of input. */
const LONGEST_TAG = 512;

/** Index just past blanks and comments. No pattern: those overflow their stack on megabytes of blanks. */
export function skipMisc(text: string, from: number, fault: Fault): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x09 || code === 0x20 || code === 0x0d) at++;
    else if (code === 0x3c && text.charCodeAt(at + 1) === 0x21 && text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      if (end < 0) fault('plist.truncated', 'a comment does not end', text.length);
      at = end + 3;
    } else return at;
  }
}

/**
 * Index just past the `<plist …>` start tag.
 * A document type may be named but not declared here: an internal subset is where entity bombs live.
 */
export function skipProlog(text: string, fault: Fault): number {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  at = skipDeclaration(text, at, fault);
  at = skipMisc(text, at, fault);
  if (text.startsWith('<!DOCTYPE', at)) at = skipMisc(text, skipDoctype(text, at, fault), fault);
  if (!text.startsWith('<plist', at)) fault('plist.not-xml', 'no <plist> element where one must start', at);
  const end = text.indexOf('>', at);
  if (end < 0) fault('plist.truncated', 'the <plist> tag does not end', text.length);
  if (!/^(?:\s+version\s*=\s*(?:"[^"<]*"|'[^'<]*'))?\s*$/.test(text.slice(at + 6, Math.min(end, at + LONGEST_TAG)))) {
    fault('plist.unexpected-element', 'the <plist> tag is empty or has attributes other than version', at);
  }
  return end + 1;
}

function skipDeclaration(text: string, at: number, fault: Fault): number {
  if (text.startsWith(DECLARATION, at)) return at + DECLARATION.length;
  if (!text.startsWith('<?xml', at)) return at;
  const end = text.indexOf('?>', at);
  if (end < 0) fault('plist.truncated', 'the XML declaration does not end', text.length);
  const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(text.slice(at, Math.min(end, at + LONGEST_TAG)))?.[1];
  if (encoding !== undefined && !/^(?:utf-8|us-ascii)$/i.test(encoding)) {
    fault('plist.encoding', 'the declared encoding is not UTF-8', at);
  }
  return end + 2;
}

function skipDoctype(text: string, at: number, fault: Fault): number {
  if (text.startsWith(DOCTYPE, at)) return at + DOCTYPE.length;
  const doctype = /^<!DOCTYPE\s+plist(?:\s+(?:PUBLIC\s+(?:"[^"]*"|'[^']*')|SYSTEM)\s+(?:"[^"]*"|'[^']*'))?\s*/;
  const length = doctype.exec(text.slice(at, at + LONGEST_TAG))?.[0].length ?? 0;
  const stop = at + length;
  if (text[stop] === '[') fault('plist.doctype-subset', 'the DOCTYPE declares things of its own', stop);
  if (length === 0 || text[stop] !== '>') fault('plist.prolog', 'the DOCTYPE is not the one of a plist', at);
  return stop + 1;
}
