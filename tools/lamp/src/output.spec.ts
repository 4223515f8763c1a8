import { describe, expect, it } from '@jest/globals';
import { legible } from './output.ts';

describe('a line for a terminal', () => {
  it('has no control characters of what devices say, and all the rest', () => {
    expect(legible('a\u001b]0;owned\u0007b\u009b2Jc\r\u007f')).toBe('a\ufffd]0;owned\ufffdb\ufffd2Jc\ufffd\ufffd');
    expect(legible('Zoë’s Mac → 26.1\n\tdone 💻')).toBe('Zoë’s Mac → 26.1\n\tdone 💻');
  });
});
