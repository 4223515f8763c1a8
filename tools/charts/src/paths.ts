import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');
export const chart = join(root, 'helm/lamplighter');
export const cache = join(root, 'node_modules/.cache/helm');
