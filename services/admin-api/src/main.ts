import { boot } from '@lamplighter/runtime';
import { AdminApiModule } from './admin-api.module.ts';
import { config } from './config.ts';

void boot('admin-api', AdminApiModule, config);
