import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from '../domain/openapi.ts';

@Controller()
export class OpenApiController {
  private readonly document = openApiDocument();

  /** No token needed: it says nothing of this installation. */
  @Get('openapi.json')
  describe(): object {
    return this.document;
  }
}
