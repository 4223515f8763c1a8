import { describe, expect, it } from '@jest/globals';
import { Deque } from './deque.ts';

describe('Deque', () => {
  it('keeps its order through growth, shrinkage and returns to its front', () => {
    const deque = new Deque<number>();
    const model: number[] = [];
    for (let n = 0; n < 20_000; n += 1) {
      if (n % 3 === 2) expect(deque.shift()).toBe(model.shift());
      else if (n % 1000 === 1) {
        deque.unshift(n);
        model.unshift(n);
      } else {
        deque.push(n);
        model.push(n);
      }
    }
    expect(deque.length).toBe(model.length);
    expect(deque.removeIf((n) => n % 2 === 0)).toEqual(model.filter((n) => n % 2 === 0));
    expect(deque.drain()).toEqual(model.filter((n) => n % 2 === 1));
    expect(deque.shift()).toBeUndefined();
    deque.unshift(1);
    expect(deque.shift()).toBe(1);
  });
});
