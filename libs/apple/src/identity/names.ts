import { openTbs, readExtensions } from './certificate.ts';
import { DerReader, TAG } from './der.ts';
import type { Element } from './der.ts';
import { OID } from './oids.ts';

/** No more of one certificate, and none longer, are of use to anybody. */
export const MAX_NAMES = 20;
export const MAX_NAME_LENGTH = 255;

const CODE = 'certificate.malformed';
/** Common name, serialNumber attribute, UID: where certificate authorities put who a device is. */
const NAMING: ReadonlySet<string> = new Set([OID.commonName, OID.serialNumber, OID.userId]);
/** GeneralName (RFC 5280 §4.2.1.6). */
const DNS_NAME = 0x82;
const URI = 0x86;
const OTHER_NAME = TAG.context(0);
const DIRECTORY_NAME = TAG.context(4);
const UTF8_STRING = 0x0c;
const BMP_STRING = 0x1e;
const ONE_BYTE_STRINGS: ReadonlySet<number> = new Set([0x13, 0x14, 0x16, DNS_NAME, URI]);
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffd]/;

/**
 * What a certificate calls its holder: CN, serialNumber and UID of the subject, and of its alternative names the DNS names,
 * URIs, the same attributes of directory names, and permanent identifiers (RFC 4043, what ACME servers issue to devices).
 * Each once, in that order, at most 20; what is longer than 255 characters or cannot be printed is left out.
 * Names are what the certificate authority let pass, no more. Throws SignatureError `certificate.malformed`.
 */
export function certificateNames(der: Buffer): string[] {
  const names = new Set<string>();
  const tbs = openTbs(der);
  tbs.take(TAG.integer, 'serial number');
  tbs.take(TAG.sequence, 'signature algorithm');
  tbs.take(TAG.sequence, 'issuer');
  tbs.take(TAG.sequence, 'validity');
  addAttributes(tbs, tbs.take(TAG.sequence, 'subject'), names);
  const alternative = readExtensions(der).find(({ oid }) => oid === OID.subjectAltName);
  if (alternative) addAlternativeNames(alternative.value, names);
  return [...names].slice(0, MAX_NAMES);
}

function addAttributes(reader: DerReader, name: Element, names: Set<string>): void {
  for (const sets = reader.inside(name); !sets.done;) {
    for (const set = sets.inside(sets.take(TAG.set, 'relative name')); !set.done;) {
      const attribute = set.inside(set.take(TAG.sequence, 'attribute'));
      const oid = attribute.hex(attribute.take(TAG.oid, 'attribute type'));
      if (NAMING.has(oid)) add(attribute, attribute.any(), names);
    }
  }
}

function addAlternativeNames(value: Buffer, names: Set<string>): void {
  const outer = new DerReader(value, CODE);
  for (const list = outer.inside(outer.take(TAG.sequence, 'alternative names')); !list.done;) {
    const name = list.any();
    if (name.tag === DNS_NAME || name.tag === URI) add(list, name, names);
    else if (name.tag === DIRECTORY_NAME) {
      const wrapped = list.inside(name);
      addAttributes(wrapped, wrapped.take(TAG.sequence, 'directory name'), names);
    } else if (name.tag === OTHER_NAME) addPermanentIdentifier(list.inside(name), names);
  }
}

function addPermanentIdentifier(name: DerReader, names: Set<string>): void {
  if (name.hex(name.take(TAG.oid, 'type of another name')) !== OID.permanentIdentifier) return;
  const wrapped = name.inside(name.take(TAG.context(0), 'value of another name'));
  const identifier = wrapped.inside(wrapped.take(TAG.sequence, 'permanent identifier'));
  const value = identifier.optional(UTF8_STRING);
  if (value) add(identifier, value, names);
}

function add(reader: DerReader, element: Element, names: Set<string>): void {
  const text = textOf(reader.content(element), element.tag);
  if (text === undefined || text === '' || text.length > MAX_NAME_LENGTH || UNPRINTABLE.test(text)) return;
  names.add(text);
}

function textOf(bytes: Buffer, tag: number): string | undefined {
  if (tag === UTF8_STRING) return bytes.toString('utf8');
  if (ONE_BYTE_STRINGS.has(tag)) return bytes.toString('latin1');
  if (tag === BMP_STRING && bytes.length % 2 === 0) return Buffer.from(bytes).swap16().toString('utf16le');
  return undefined;
}
