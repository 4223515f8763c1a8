import { AppError, ResourceKind } from '@lamplighter/contracts';
import { Controller, Get, Param } from '@nestjs/common';
import { resourceSchema } from '../domain/resource-schema.ts';

/** JSON Schemas of files. No token needed: they say nothing of this installation. */
@Controller('v1/schemas')
export class SchemasController {
  @Get()
  list(): { items: { kind: ResourceKind; path: string }[] } {
    return { items: ResourceKind.options.map((kind) => ({ kind, path: `/v1/schemas/${kind}` })) };
  }

  @Get(':kind')
  show(@Param('kind') given: string): object {
    const kind = ResourceKind.options.find((one) => one.toLowerCase() === given.toLowerCase().replace(/\.json$/, ''));
    if (kind) return resourceSchema(kind);
    throw new AppError('schema.not-found', `there is no kind ${given}`, {
      remedy: `the kinds are ${ResourceKind.options.join(', ')}`,
    });
  }
}
