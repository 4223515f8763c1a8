import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { TAG } from './der.ts';
import { der, oid } from './der-write.ts';
import { certificateNames } from './names.ts';
import { OID } from './oids.ts';
import { authority, device } from './pki.fixture.ts';
import { SignatureError } from './signature-error.ts';

const named = async (name: string, ...extensions: x509.Extension[]) =>
  (await device(undefined, { name, extensions })).der;
const alternative = (...names: Buffer[]) => new x509.Extension('2.5.29.17', false, der(TAG.sequence, ...names));

describe('certificateNames', () => {
  it('reads common name, serialNumber and UID of the subject, in their order, each once', async () => {
    const found = certificateNames(
      await named('Mac 0001, 2.5.4.5=C02XY, 0.9.2342.19200300.100.1.1=00008103-000A, 2.5.4.5=C02XY, OU=none'),
    );
    expect(found).toEqual(['Mac 0001', 'C02XY', '00008103-000A']);
  });

  it('reads DNS names, URIs and directory names of the alternative names, and no mail or IP address', async () => {
    const names = new x509.SubjectAlternativeNameExtension([
      { type: 'dns', value: 'mac.example' },
      { type: 'url', value: 'urn:uuid:00008103-000A' },
      { type: 'dn', value: 'CN=In a directory, 2.5.4.5=C02ZZ, O=none' },
      { type: 'email', value: 'who@example.com' },
      { type: 'ip', value: '10.0.0.1' },
    ]);
    expect(certificateNames(await named('Mac', names))).toEqual([
      'Mac',
      'mac.example',
      'urn:uuid:00008103-000A',
      'In a directory',
      'C02ZZ',
    ]);
  });

  it("reads ACME's permanent identifier and passes over other names of another type", async () => {
    const utf8 = (text: string) => der(0x0c, Buffer.from(text));
    const other = (type: string, value: Buffer) => der(TAG.context(0), oid(type), der(TAG.context(0), value));
    const extension = alternative(
      other(OID.permanentIdentifier, der(TAG.sequence, utf8('C02ACME'))),
      other(OID.permanentIdentifier, der(TAG.sequence)),
      other('2b060104018237140203', utf8('who@example.com')),
    );
    expect(certificateNames(await named('Mac', extension))).toEqual(['Mac', 'C02ACME']);
  });

  it('leaves out what is empty, too long or cannot be printed, and stops at twenty', async () => {
    const dns = (text: string) => der(0x82, Buffer.from(text, 'latin1'));
    const many = Array.from({ length: 40 }, (_, n) => dns(`n${n}`));
    const extension = alternative(dns(''), dns('x'.repeat(256)), dns('a\u0000b'), dns('y'.repeat(255)), ...many);
    const found = certificateNames(await named('Mac', extension));
    expect(found).toHaveLength(20);
    expect(found.slice(0, 3)).toEqual(['Mac', 'y'.repeat(255), 'n0']);
  });

  it('reads a certificate without a name as one without names', async () => {
    expect(certificateNames((await authority({ name: '' })).der)).toEqual([]);
  });

  it('throws nothing but SignatureError, whatever the bytes', async () => {
    const good = await named('Mac', new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'mac.example' }]));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, end) => {
        const bytes = Buffer.from(good.subarray(0, end));
        if (at < bytes.length) bytes[at] = byte;
        try {
          certificateNames(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SignatureError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
