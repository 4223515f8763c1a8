import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { VERSION } from '../domain/version.ts';
import { sendJson } from './compat-errors.ts';

/** As NanoMDM serves it: no token needed. */
@Controller('version')
export class VersionController {
  @Get()
  show(@Res() reply: FastifyReply): void {
    sendJson(reply, 200, { version: VERSION }, '\t');
  }
}
