import { Pipe, type PipeTransform } from '@angular/core';
import { formatNumber } from './phone-number.ts';

@Pipe({ name: 'dwNumber' })
export class PhoneNumberPipe implements PipeTransform {
  transform(number: string): string {
    return formatNumber(number);
  }
}
