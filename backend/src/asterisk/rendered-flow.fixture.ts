import type { Openness, ScheduleRule } from '../schedules/schedule-state.ts';

/** What a call does in the outside world while a rendered flow carries it; answers as the world would. */
export interface World {
  at: Date;
  /** Keys pressed the next time a menu waits; null = none. */
  press(menuKeys: readonly string[]): string | null;
  /** DIALSTATUS of the next attempt to reach somebody. */
  dial(): 'ANSWER' | 'NOANSWER' | 'BUSY';
}

type Extensions = Map<string, string[]>;

const MOST_LINES = 100_000;

/**
 * A small model of what Asterisk does with a rendered dialplan in fallback: it reads the lines as Asterisk would, and knows
 * of the static dialplan (`etc/extensions-*.conf`) only what its subroutines promise.
 * @returns what the call did: `notice <id>`, `schedule <id> <openness> <rule>`, `menu <node>`, `desk <id>`, `forward <node>`,
 * `message <node>`, `end <cause>`
 */
export class RenderedFlow {
  private readonly contexts = new Map<string, Extensions>();
  private readonly did: string[] = [];
  private readonly variables = new Map<string, string>();
  private menus: string[] = [];
  private choices = 0;
  private failedTries = 0;

  constructor(
    dialplan: string,
    private readonly world: World,
  ) {
    for (const block of dialplan.split('\n\n')) this.read(block);
  }

  /** @param line whose flow the call walks */
  walk(line: string, start: string): string[] {
    let place: Place | null = { context: `line-${line}`, extension: nodeExtension(start), index: 0 };
    for (let count = 0; place; count += 1) {
      if (count > MOST_LINES) throw new Error('the call circles in the dialplan');
      place = this.step(place);
    }
    return this.did;
  }

  private read(block: string): void {
    const [head = '', ...lines] = block.trimEnd().split('\n');
    const extensions: Extensions = new Map();
    let current: string[] = [];
    for (const line of lines) {
      const [, extension, first] = /^exten => ([^,]+),1,(.*)$/.exec(line) ?? [];
      if (extension !== undefined && first !== undefined) extensions.set(extension, (current = [first]));
      else if (line.startsWith(' same => n')) current.push(line.slice(' same => n'.length).replace(/^,/, ''));
    }
    this.contexts.set(head.slice(1, -1), extensions);
  }

  private step(place: Place): Place | null {
    const line = this.contexts.get(place.context)?.get(place.extension)?.[place.index];
    if (line === undefined) throw new Error(`nothing at ${place.context},${place.extension},${place.index + 1}`);
    // A label in front: `(say),`
    const [, name = '', args = ''] = /^(?:\(\w+\),)?(\w+)\((.*)\)$/.exec(line) ?? [];
    const next = { ...place, index: place.index + 1 };
    switch (name) {
      case 'Set':
        this.set(args);
        return next;
      case 'Goto':
        return this.goTo(args, place);
      case 'GotoIf': {
        const [, value, target = ''] = /^\$\["\$\{GOSUB_RETVAL\}"="([\w-]+)"\]\?(.*)$/.exec(args) ?? [];
        return this.variables.get('GOSUB_RETVAL') === value ? this.goTo(target, place) : next;
      }
      case 'Gosub':
        return this.gosub(args) ? next : null;
      case 'Background':
      case 'Playback':
        return next;
      case 'WaitExten':
        return this.wait(place);
      default:
        throw new Error(`unknown application in ${line}`);
    }
  }

  private set(assignment: string): void {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(assignment) ?? [];
    const [, busy, otherwise] = /^\$\{IF\(\$\["\$\{DIALSTATUS\}"="BUSY"\]\?([\w-]+):([\w-]+)\)\}$/.exec(value) ?? [];
    if (busy === undefined || otherwise === undefined) this.variables.set(name, value);
    else this.variables.set(name, this.variables.get('DIALSTATUS') === 'BUSY' ? busy : otherwise);
  }

  private goTo(target: string, from: Place): Place {
    const parts = target.split(',');
    const [context, extension, priority] = parts.length === 3 ? parts : [from.context, ...parts];
    // Asks who decides; in fallback that is the node itself.
    if (context === 'decide') {
      const line = from.context.replace(/^menu-(.*)-\d+$/, 'line-$1');
      return { context: line, extension: nodeExtension(this.variables.get('DENWABAN_NODE') ?? ''), index: 0 };
    }
    const index = priority === 'say' ? 1 : 0;
    return { context: context ?? '', extension: extension ?? '', index };
  }

  private wait({ context }: Place): Place {
    const extensions = this.contexts.get(context) ?? new Map<string, string[]>();
    const keys = [...extensions.keys()].filter((extension) => /^[\d*#]+$/.test(extension));
    const pressed = this.world.press(keys);
    if (pressed === null) return { context, extension: 't', index: 0 };
    return { context, extension: matched(keys, pressed) ?? 'i', index: 0 };
  }

  /** @returns whether the call goes on */
  private gosub(call: string): boolean {
    const [, context = '', extension = '', text = ''] = /^([\w-]+),(\w+),1(?:\((.*)\))?$/.exec(call) ?? [];
    const args = text.split(',');
    if (context.startsWith('desk-')) return this.ring(`desk ${context.slice('desk-'.length)}`);
    switch (context) {
      case 'notice':
      case 'message':
        this.did.push(`${context} ${args[0] ?? ''}`);
        return true;
      case 'forward':
        return this.ring(`forward ${args[0] ?? ''}`);
      case 'end-call':
        this.did.push(`end ${args[0] ?? ''}`);
        return false;
      case 'schedule':
        this.askSchedule(args[0] ?? '');
        return true;
      case 'menu':
        this.failedTries = 0;
        this.did.push(`menu ${args[0] ?? ''}`);
        return true;
      case 'menu-failed':
        this.failedTries += 1;
        this.variables.set('GOSUB_RETVAL', this.failedTries > Number(args[2]) ? 'enough' : 'again');
        return true;
      case 'menu-choice':
        this.choose(extension, args);
        return true;
      case 'journal':
        return true;
      default:
        throw new Error(`unknown subroutine ${context}`);
    }
  }

  private ring(whom: string): boolean {
    const status = this.world.dial();
    this.did.push(whom);
    this.variables.set('DIALSTATUS', status);
    return status !== 'ANSWER';
  }

  private choose(what: string, [menu = '', , otherwise = '', node = '']: string[]): void {
    this.choices += 1;
    let next = menu;
    if (this.choices > 30) next = otherwise;
    else if (what === 'go') {
      this.menus.push(menu);
      next = node;
    } else if (what === 'back') next = this.menus.pop() ?? menu;
    this.variables.set('DENWABAN_NODE', next);
  }

  /** As `schedule-at` does. */
  private askSchedule(schedule: string): void {
    const days = this.contexts.get(`schedule-${schedule}`);
    if (!days) throw new Error(`no context for schedule ${schedule}`);
    const seconds = Math.floor(this.world.at.getTime() / 1000) + 32_400;
    const japan = new Date(seconds * 1000);
    const date = japan.toISOString().slice(0, 10).replaceAll('-', '');
    const isHoliday = this.contexts.get('national-holidays')?.has(date) === true;
    const plan =
      days.get(`day_${date}`) ??
      days.get(`day_${date.slice(4)}`) ??
      (isHoliday ? days.get('holiday') : undefined) ??
      days.get(`week_${japan.getUTCDay() === 0 ? 7 : japan.getUTCDay()}`);
    const [, rule = '', hours = ''] = /^Return\(([\w-]+)\/(.*)\)$/.exec(plan?.[0] ?? '') ?? [];
    const second = seconds % 86_400;
    const isOpen = hours.split('&').some((span) => {
      const [from = Infinity, to = 0] = span.split('-').map(Number);
      return span !== '' && from <= second && second < to;
    });
    const openness: Openness = hours === '' ? 'closed-day' : isOpen ? 'open' : 'closed';
    this.variables.set('GOSUB_RETVAL', openness);
    this.did.push(`schedule ${schedule} ${openness} ${rule as ScheduleRule}`);
  }
}

interface Place {
  context: string;
  extension: string;
  index: number;
}

const nodeExtension = (node: string): string => `node_${node.replaceAll('-', '_')}`;

/** Extension matching of Asterisk: goes on while a longer extension can still come. */
function matched(extensions: readonly string[], pressed: string): string | null {
  for (let length = 1; length <= pressed.length; length += 1) {
    const soFar = pressed.slice(0, length);
    const longer = extensions.some((extension) => extension !== soFar && extension.startsWith(soFar));
    if (!longer || length === pressed.length) return extensions.includes(soFar) ? soFar : null;
  }
  return null;
}
