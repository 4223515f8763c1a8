import { boot } from '@lamplighter/runtime';
import { config } from './config.ts';
import { DdmModule } from './ddm.module.ts';

void boot('ddm', DdmModule, config);
