import { boot } from '@lamplighter/runtime';
import { config } from './config.ts';
import { StatusIngestionModule } from './status-ingestion.module.ts';

void boot('status-ingestion', StatusIngestionModule, config);
