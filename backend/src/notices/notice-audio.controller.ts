import { Controller } from '@nestjs/common';
import type { Request, Response } from 'express';
import { InvalidInputError } from '../platform/errors.ts';
import { validate } from '../platform/http/input.ts';
import { type Asked, Route, type RouteInput, streamed, uploaded } from '../platform/http/route.ts';
import { NoticeAudioShelf } from './notice-audio-shelf.service.ts';
import {
  AudioId,
  KanaReading,
  NewSpokenAudio,
  NoticeAudio,
  NoticeAudioList,
  SpokenText,
  TextToRead,
  ShippedAudioId,
  SOUND_NAME_HEADER,
  SoundName,
} from './notice-audio.schema.ts';

const UPLOAD = {
  method: 'post',
  path: '/notice-audio/uploads',
  access: 'configuration.write',
  summary: 'Take a sound file for notices: converted, measured, brought to one level; the same sound is kept once',
  headers: { [SOUND_NAME_HEADER]: 'what to call it, percent-encoded UTF-8' },
  upload: uploaded('a sound file of a kind that GET /notice-audio names, whatever it is called'),
  response: NoticeAudio,
} as const;

const SOUND = {
  method: 'get',
  path: '/notice-audio/:id/sound',
  access: 'configuration.read',
  summary: 'Hear a sound that the office made, as a caller does',
  params: AudioId,
  response: streamed('audio/wav', '8 kHz mono'),
} as const;

const SHIPPED_SOUND = {
  method: 'get',
  path: '/notice-audio/shipped',
  access: 'configuration.read',
  summary: 'Hear a sound that comes with the box',
  query: ShippedAudioId,
  response: streamed('audio/wav', '8 kHz mono'),
} as const;

const PREVIEW = {
  method: 'post',
  path: '/notice-audio/previews',
  access: 'configuration.write',
  summary: 'Hear how the box would speak a text; nothing is kept',
  body: SpokenText,
  response: streamed('audio/wav', '8 kHz mono'),
} as const;

const REMOVE = {
  method: 'delete',
  path: '/notice-audio/:id',
  access: 'configuration.write',
  summary: 'Delete a sound that no notice plays',
  params: AudioId,
  response: null,
} as const;

@Controller()
export class NoticeAudioController {
  constructor(private readonly shelf: NoticeAudioShelf) {}

  @Route({
    method: 'get',
    path: '/notice-audio',
    access: 'configuration.read',
    summary: 'Sounds that notices can play, and what sound files are taken',
    response: NoticeAudioList,
  })
  listNoticeAudio(): Promise<NoticeAudioList> {
    return this.shelf.list();
  }

  @Route(UPLOAD)
  async uploadNoticeAudio({ request, who, remoteAddress }: RouteInput<typeof UPLOAD>): Promise<NoticeAudio> {
    return this.shelf.upload(nameOf(request), request, { userId: who.userId, remoteAddress });
  }

  @Route({
    method: 'post',
    path: '/notice-audio',
    access: 'configuration.write',
    summary: 'Make a sound of text, spoken by the box',
    body: NewSpokenAudio,
    response: NoticeAudio,
  })
  speakNoticeAudio({ body, who, remoteAddress }: Asked & { body: NewSpokenAudio }): Promise<NoticeAudio> {
    return this.shelf.speak(body, { userId: who.userId, remoteAddress });
  }

  @Route({
    method: 'post',
    path: '/notice-audio/readings',
    access: 'configuration.write',
    summary: 'How the box reads a text, in kana, to be corrected',
    body: TextToRead,
    response: KanaReading,
  })
  async readNoticeText({ body }: Asked & { body: { text: string } }): Promise<{ kana: string }> {
    return { kana: await this.shelf.reading(body.text) };
  }

  @Route(PREVIEW)
  async previewNoticeAudio({ body, reply }: RouteInput<typeof PREVIEW>): Promise<void> {
    answerWav(reply, await this.shelf.preview(body));
  }

  @Route(SOUND)
  async hearNoticeAudio({ params, reply }: RouteInput<typeof SOUND>): Promise<void> {
    answerWav(reply, await this.shelf.wav(params.id));
  }

  @Route(SHIPPED_SOUND)
  async hearShippedAudio({ query, reply }: RouteInput<typeof SHIPPED_SOUND>): Promise<void> {
    answerWav(reply, await this.shelf.shippedWav(query.audio));
  }

  @Route(REMOVE)
  deleteNoticeAudio({ params, who, remoteAddress }: RouteInput<typeof REMOVE>): Promise<void> {
    return this.shelf.remove(params.id, { userId: who.userId, remoteAddress });
  }
}

/** @throws InvalidInputError */
function nameOf({ headers }: Request): string {
  const problem = {
    path: `/${SOUND_NAME_HEADER}`,
    message: '音声の名称を、UTF-8をパーセント符号化して指定してください',
  };
  try {
    return validate(SoundName, decodeURIComponent(String(headers[SOUND_NAME_HEADER.toLowerCase()] ?? '')));
  } catch (error) {
    throw error instanceof URIError ? new InvalidInputError([problem]) : error;
  }
}

function answerWav(reply: Response, wav: Buffer): void {
  reply.setHeader('content-type', 'audio/wav');
  reply.setHeader('content-length', wav.length);
  reply.end(wav);
}
