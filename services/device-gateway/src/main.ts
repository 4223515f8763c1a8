import { boot } from '@lamplighter/runtime';
import { config } from './config.ts';
import { DeviceGatewayModule } from './device-gateway.module.ts';

void boot('device-gateway', DeviceGatewayModule, config);
