import { MODULE_METADATA } from '@nestjs/common/constants.js';
import type { DynamicModule, Type } from '@nestjs/common';
import { routesOf, type Controller, type DeclaredRoute } from './route.ts';

type ModuleLike = Type | DynamicModule;

const metadataOf = <T>(module: Type, key: string): T[] => (Reflect.getMetadata(key, module) as T[] | undefined) ?? [];

function collectControllers(module: ModuleLike, seen: Set<unknown>, found: Set<Controller>): void {
  if (seen.has(module)) return;
  seen.add(module);
  const dynamic = 'module' in module ? module : undefined;
  const type = dynamic ? dynamic.module : (module as Type);
  const controllers = [
    ...metadataOf<Controller>(type, MODULE_METADATA.CONTROLLERS),
    ...((dynamic?.controllers ?? []) as Controller[]),
  ];
  controllers.forEach((controller) => found.add(controller));
  const imports = [...metadataOf<ModuleLike>(type, MODULE_METADATA.IMPORTS), ...(dynamic?.imports ?? [])];
  imports.forEach((imported) => collectControllers(imported as ModuleLike, seen, found));
}

/**
 * Every route of a module and of all it imports, found from the decorators alone (nothing is started).
 * @throws UndeclaredRouteError see `routesOf`
 */
export function discoverRoutes(module: ModuleLike): DeclaredRoute[] {
  const controllers = new Set<Controller>();
  collectControllers(module, new Set(), controllers);
  return [...controllers].flatMap(routesOf);
}
