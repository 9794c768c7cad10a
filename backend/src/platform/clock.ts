import { Injectable } from '@nestjs/common';

/** The wall clock as an adapter, so that services can be tested at any instant. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
