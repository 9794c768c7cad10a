export type Side = 'both' | 'outside' | 'office';

/** Left is the outside party, right is our side: the promise of every recording. */
const CHANNEL = { outside: 0, office: 1 } as const;

/**
 * Lets one side through to both ears. Built when a side is first chosen: until then the audio element plays by itself,
 * which works even where Web Audio is switched off.
 */
export class ChannelMix {
  private context: AudioContext | null = null;
  private source: MediaElementAudioSourceNode | null = null;
  private splitter: ChannelSplitterNode | null = null;

  constructor(private readonly audio: HTMLAudioElement) {}

  async choose(side: Side): Promise<void> {
    if (side === 'both' && !this.context) return;
    const { context, source, splitter } = this.graph();
    await context.resume();
    source.disconnect();
    splitter.disconnect();
    if (side === 'both') {
      source.connect(context.destination);
    } else {
      source.connect(splitter);
      splitter.connect(context.destination, CHANNEL[side]);
    }
  }

  close(): void {
    void this.context?.close();
    this.context = null;
  }

  private graph() {
    this.context ??= new AudioContext();
    this.source ??= this.context.createMediaElementSource(this.audio);
    this.splitter ??= this.context.createChannelSplitter(2);
    return { context: this.context, source: this.source, splitter: this.splitter };
  }
}
