import { boot } from '@lamplighter/runtime';
import { CommandQueueModule } from './command-queue.module.ts';
import { config } from './config.ts';

void boot('command-queue', CommandQueueModule, config);
