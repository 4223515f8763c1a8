import { baseConfig } from '@lamplighter/runtime';
import type { z } from 'zod';

export const config = baseConfig.extend({});
export type Config = z.infer<typeof config>;
