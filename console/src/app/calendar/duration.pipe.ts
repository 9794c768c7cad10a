import { Pipe, type PipeTransform } from '@angular/core';
import { formatDuration, formatPosition } from './duration.ts';

@Pipe({ name: 'dwDuration' })
export class DurationPipe implements PipeTransform {
  transform(durationMs: number, style: 'spoken' | 'position' = 'spoken'): string {
    return style === 'spoken' ? formatDuration(durationMs) : formatPosition(durationMs);
  }
}
