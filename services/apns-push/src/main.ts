import { boot } from '@lamplighter/runtime';
import { ApnsPushModule } from './apns-push.module.ts';
import { config } from './config.ts';

void boot('apns-push', ApnsPushModule, config);
