import { Injectable } from '@nestjs/common';
import { Logger } from '../../platform/logging.ts';
import { AuditTrail } from '../audit-trail.service.ts';
import { type Checkpoint, openCheckpoint } from '../log/checkpoint.ts';
import { MalformedNoteError, type NoteVerifier, parseNote, signatureLine, UnverifiedNoteError } from '../log/note.ts';
import { decideOnCheckpoint } from './witness-decision.ts';
import { WitnessKey } from './witness-key.ts';
import { MalformedWitnessRequestError, parseWitnessRequest, type WitnessRequest } from './witness-request.ts';
import {
  InconsistentCheckpointError,
  MalformedSubmissionError,
  UnknownLogError,
  UnsignedCheckpointError,
  WitnessNotReadyError,
} from './witness.errors.ts';
import { WitnessRepository } from './witness.repository.ts';

/** `cosigned`: the signature lines. `other-size`: of the checkpoint that was cosigned last, from which the log has to start. */
export type WitnessAnswer = { kind: 'cosigned'; lines: string } | { kind: 'other-size'; size: number };

/** The logs this box vouches for; read each time, so that an added one counts at once. */
export type KnownLogs = () => Promise<NoteVerifier[]>;

/** 立会い: vouches for the logs of other boxes (c2sp.org/tlog-witness). Who asks is known by the signature of the log alone. */
@Injectable()
export class WitnessService {
  constructor(
    private readonly rows: WitnessRepository,
    private readonly key: WitnessKey,
    private readonly knownLogs: KnownLogs,
    private readonly audit: AuditTrail,
    private readonly logger: Logger,
  ) {}

  /**
   * @param text body of an add-checkpoint request
   * @throws MalformedSubmissionError, UnknownLogError, UnsignedCheckpointError, InconsistentCheckpointError,
   *   WitnessNotReadyError
   */
  async addCheckpoint(text: string): Promise<WitnessAnswer> {
    const signer = await this.key.signer();
    if (!signer) throw new WitnessNotReadyError();
    const { request, checkpoint } = await this.verified(text);
    const { origin, size, root } = checkpoint;
    return this.rows.exclusively(origin, async (log) => {
      const cosigned = await log.cosigned();
      const decision = decideOnCheckpoint(request, checkpoint, cosigned);
      switch (decision) {
        case 'malformed':
          throw new MalformedSubmissionError('the old size is beyond the checkpoint');
        case 'inconsistent':
          this.logger.warn(
            { origin, size, oldSize: request.oldSize },
            'checkpoint does not continue what was cosigned',
          );
          throw new InconsistentCheckpointError(origin, size);
        case 'forked':
          if (await log.rememberFork(request.checkpoint)) await this.accuse(checkpoint);
          return { kind: 'other-size', size: cosigned?.size ?? 0 };
        case 'other-size':
          return { kind: 'other-size', size: cosigned?.size ?? 0 };
        case 'cosign': {
          const lines = signatureLine(signer, signer.sign(parseNote(request.checkpoint).text));
          await log.remember({ size, root });
          return { kind: 'cosigned', lines };
        }
      }
    });
  }

  private async verified(text: string): Promise<{ request: WitnessRequest; checkpoint: Checkpoint }> {
    try {
      const request = parseWitnessRequest(text);
      const [origin = ''] = request.checkpoint.split('\n');
      const keys = (await this.knownLogs()).filter(({ keyName }) => keyName === origin);
      if (keys.length === 0) throw new UnknownLogError();
      return { request, checkpoint: openCheckpoint(request.checkpoint, { origin, keys }).checkpoint };
    } catch (error) {
      if (error instanceof UnverifiedNoteError) throw new UnsignedCheckpointError();
      if (error instanceof MalformedNoteError || error instanceof MalformedWitnessRequestError) {
        throw new MalformedSubmissionError(error.message);
      }
      throw error;
    }
  }

  private async accuse({ origin, size, root }: Checkpoint): Promise<void> {
    this.logger.error({ origin, size }, 'a log has signed two histories');
    const detail = { origin, size, root: root.toString('base64') };
    await this.audit.record({ userId: null, action: 'witness.fork', subject: origin, detail });
  }
}
