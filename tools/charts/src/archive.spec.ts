import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

import { tgzMember, zipMember } from './archive.ts';

function tgz(files: Record<string, Buffer>): Buffer {
  const parts = Object.entries(files).flatMap(([name, body]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(body.length.toString(8).padStart(11, '0'), 124);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

function zip(files: readonly { name: string; body: Buffer; method: number }[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, body, method } of files) {
    const packed = method === 8 ? deflateRawSync(body) : body;
    const local = Buffer.alloc(30);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28);
    bodies.push(local, Buffer.from(name), Buffer.from('abc'), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(name));
    at += 33 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

describe('archives', () => {
  const big = Buffer.alloc(1300, 'lamp ');

  it('reads a file behind another one in a .tgz', () => {
    const archive = tgz({ 'package/a': Buffer.from('first'), 'package/b': big });
    expect(tgzMember(archive, 'package/b')).toEqual(big);
    expect(tgzMember(archive, 'package/c')).toBeUndefined();
  });

  it('reads compressed and stored files in a .zip', () => {
    const archive = zip([
      { name: 'helm/helm', body: big, method: 8 },
      { name: 'plain', body: Buffer.from('text'), method: 0 },
      { name: 'odd', body: big, method: 12 },
    ]);
    expect(zipMember(archive, 'helm/helm')).toEqual(big);
    expect(zipMember(archive, 'plain')?.toString()).toBe('text');
    expect(zipMember(archive, 'none')).toBeUndefined();
    expect(() => zipMember(archive, 'odd')).toThrow('method 12');
    expect(() => zipMember(Buffer.from('no'), 'x')).toThrow('not a zip archive');
  });
});
