import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { dialableNumber } from '../calls/number-folding.ts';
import type { FlowNode, FlowNodeOf, Line } from '../lines/line.schema.ts';
import type { MenuChoice } from '../menus/menu.schema.ts';
import { insideRoot } from '../platform/settings.ts';
import { END_CAUSE_Q850, nextOfSchedule } from '../routing/decide.ts';
import * as names from './dialplan-names.ts';
import type { Section } from './section.ts';

type AudioOf = ReadonlyMap<string, string>;

/** Every line's flow, one extension a node, and a context for each of its menus: keys are matched by their context. */
export function flowSections(document: ConfigurationDocument): Section[] {
  const audioOf = new Map(document.notices.map(({ id, audio }) => [id, audio]));
  return document.lines.flatMap((line) => [lineSection(line, audioOf), ...menuSections(line, audioOf)]);
}

function lineSection(line: Line, audioOf: AudioOf): Section {
  const nodes = Object.entries(line.flow.nodes).flatMap(([id, node]) => [
    `exten => ${names.nodeExtension(id)},1,Set(TIMEOUT(absolute)=0)`,
    ` same => n,Set(${names.channelVariable.node}=${id})`,
    ...renderStep(line, id, node, audioOf).map((step) => ` same => n,${step}`),
  ]);
  return { name: names.lineContext(line.id), lines: [...nodes, 'include => lease'] };
}

function renderStep(line: Line, id: string, node: FlowNode, audioOf: AudioOf): string[] {
  const { nodes } = line.flow;
  switch (node.type) {
    case 'notice':
      return [`Gosub(notice,s,1(${node.notice},${audioOf.get(node.notice) ?? ''}))`, ...afterNotice(node.next, nodes)];
    case 'schedule':
      return scheduleSteps(node);
    case 'menu':
      return [`Goto(${menuContextOf(line, id)},s,1)`];
    case 'desk':
      return [`Gosub(${names.deskContext(node.desk)},s,1)`, ...goOnUnanswered(node, nodes)];
    case 'forward':
      return [`Gosub(forward,s,1(${forwardArguments(line, id, node)}))`, ...goOnUnanswered(node, nodes)];
    case 'message':
      return [`Gosub(message,s,1(${id},${node.longestSeconds},${node.silenceSeconds}))`, ...goOn(node.next, nodes)];
    case 'end':
      return [`Gosub(end-call,s,1(${END_CAUSE_Q850[node.cause]}))`];
  }
}

/** Only reached in fallback, so that there is nobody to be asked. */
function scheduleSteps(node: FlowNodeOf<'schedule'>): string[] {
  const when = (openness: 'open' | 'closed-day') =>
    `GotoIf($["\${GOSUB_RETVAL}"="${openness}"]?${names.nodeExtension(nextOfSchedule(node, openness))},1)`;
  return [`Gosub(schedule,s,1(${node.schedule}))`, when('open'), when('closed-day'), goTo(node.closed)];
}

const goTo = (node: string): string => `Goto(${names.nodeExtension(node)},1)`;

/** On to a node by way of who decides. Hanging up is no decision: nobody needs to be asked for it. */
function goOn(node: string, nodes: Line['flow']['nodes']): string[] {
  if (nodes[node]?.type === 'end') return [goTo(node)];
  return [`Set(${names.channelVariable.node}=${node})`, 'Goto(decide,s,1)'];
}

/** A caller who has just been announced to hears nothing while somebody is asked; only schedules need it. */
const afterNotice = (node: string, nodes: Line['flow']['nodes']): string[] =>
  nodes[node]?.type === 'schedule' ? goOn(node, nodes) : [goTo(node)];

function goOnUnanswered(
  { busy, otherwise }: { busy?: string | undefined; otherwise: string },
  nodes: Line['flow']['nodes'],
): string[] {
  if (busy === undefined || busy === otherwise) return goOn(otherwise, nodes);
  const node = `\${IF($["\${DIALSTATUS}"="BUSY"]?${busy}:${otherwise})}`;
  return [`Set(${names.channelVariable.node}=${node})`, 'Goto(decide,s,1)'];
}

function forwardArguments(line: Line, id: string, { number, show, ringSeconds }: FlowNodeOf<'forward'>): string {
  const shown = show === 'office' ? names.nationalNumber(line.number) : '';
  return [id, dialableNumber(number), names.trunkEndpoint(line.trunk), ringSeconds, shown].join(',');
}

const menusOf = ({ flow }: Line): [string, FlowNodeOf<'menu'>][] =>
  Object.entries(flow.nodes).flatMap(([id, node]) => (node.type === 'menu' ? [[id, node]] : []));

const menuContextOf = (line: Line, id: string): string =>
  names.menuContext(
    line.id,
    menusOf(line).findIndex(([menu]) => menu === id),
  );

function menuSections(line: Line, audioOf: AudioOf): Section[] {
  const sound = (notice: string) => `${insideRoot.prompts}/${audioOf.get(notice) ?? ''}`;
  return menusOf(line).map(([id, menu], index) => ({
    name: names.menuContext(line.id, index),
    lines: [
      `exten => s,1,Gosub(menu,s,1(${id},${menu.firstKeySeconds},${menu.nextKeySeconds}))`,
      ` same => n(say),${say(menu)}(${sound(menu.notice)})`,
      ` same => n,WaitExten(${menu.firstKeySeconds})`,
      ...menu.choices.flatMap((choice) => [
        `exten => ${choice.keys},1,Gosub(menu-choice,${choiceArguments(id, menu, choice)})`,
        ' same => n,Goto(decide,s,1)',
      ]),
      ...failedTry('i', 'invalid', id, menu, menu.invalidNotice, sound),
      ...failedTry('t', 'no-key', id, menu, menu.noKeyNotice, sound),
      `exten => leave,1,Gosub(journal,event1,1(menu-left,menu,${id}))`,
      ` same => n,Set(${names.channelVariable.node}=${menu.otherwise})`,
      ' same => n,Goto(decide,s,1)',
    ],
  }));
}

/** Whether a key cuts short what is said, which leads on at once. */
const say = ({ bargeIn }: FlowNodeOf<'menu'>): string => (bargeIn ? 'Background' : 'Playback');

function choiceArguments(id: string, { otherwise }: FlowNodeOf<'menu'>, choice: MenuChoice): string {
  const common = [id, choice.keys, otherwise];
  const all = choice.then === 'go' ? [...common, choice.node] : common;
  return `${choice.then},1(${all.join(',')})`;
}

function failedTry(
  extension: 'i' | 't',
  how: 'invalid' | 'no-key',
  id: string,
  menu: FlowNodeOf<'menu'>,
  notice: string | null,
  sound: (notice: string) => string,
): string[] {
  return [
    `exten => ${extension},1,Gosub(menu-failed,s,1(${id},menu-${how},${menu.retries}))`,
    ' same => n,GotoIf($["${GOSUB_RETVAL}"="enough"]?leave,1)',
    ...(notice === null ? [] : [` same => n,${say(menu)}(${sound(notice)})`]),
    ' same => n,Goto(s,say)',
  ];
}
