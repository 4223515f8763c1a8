import { boot } from '@lamplighter/runtime';
import { config } from './config.ts';
import { UpdateSchedulerModule } from './update-scheduler.module.ts';

void boot('update-scheduler', UpdateSchedulerModule, config);
