import { isReason, reasonOf, REASONS } from './reasons.ts';

describe('the catalogue of reasons', () => {
  it('says of each code what it means, whether it is tried again and what to do', () => {
    for (const { code, title, explanation, action } of REASONS) {
      expect({ code, sound: /^[a-z]+(-[a-z]+)*$/.test(code) }).toEqual({ code, sound: true });
      expect({ code, title: title.length > 3 && !title.endsWith('.') }).toEqual({ code, title: true });
      for (const text of [explanation, action])
        expect({ code, text: /^[A-Z].*\.$/s.test(text) }).toEqual({ code, text: true });
    }
  });

  it('has each code once', () => {
    expect(new Set(REASONS.map(({ code }) => code)).size).toBe(REASONS.length);
  });

  it('is honest about a code that it does not know', () => {
    expect(isReason('martian')).toBe(false);
    expect(reasonOf('martian')).toMatchObject({
      code: 'martian',
      class: 'unknown',
      title: expect.stringContaining('martian'),
    });
    expect(reasonOf('insufficient-space')).toMatchObject({
      code: 'insufficient-space',
      class: 'space',
      retry: 'next-window',
    });
  });
});
