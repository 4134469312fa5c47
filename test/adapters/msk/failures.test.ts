import {
  BadRequestException,
  ForbiddenException,
  InternalServerErrorException,
  NotFoundException,
  TooManyRequestsException,
  UnauthorizedException,
} from '@aws-sdk/client-kafka';
import { expect, it } from 'vitest';
import { apiProblem, discoveryError } from '#adapters/msk/failures.ts';

const meta = { message: 'said MSK', $metadata: {} };
const named = (name: string) => Object.assign(new Error('said AWS'), { name });

it.each([
  { error: new NotFoundException(meta), id: 'no-such-cluster', retriable: false },
  { error: new ForbiddenException(meta), id: 'not-allowed', retriable: false },
  { error: named('AccessDeniedException'), id: 'not-allowed', retriable: false },
  { error: new UnauthorizedException(meta), id: 'credentials-rejected', retriable: false },
  { error: named('CredentialsProviderError'), id: 'credentials-rejected', retriable: false },
  { error: named('ExpiredTokenException'), id: 'credentials-rejected', retriable: false },
  { error: new TooManyRequestsException(meta), id: 'throttled', retriable: true },
  { error: named('ThrottlingException'), id: 'throttled', retriable: true },
  { error: new InternalServerErrorException(meta), id: 'unavailable', retriable: true },
  { error: new BadRequestException(meta), id: 'bad-request', retriable: false },
  { error: named('TimeoutError'), id: 'unreachable', retriable: true },
  { error: Object.assign(new Error('x'), { code: 'ENOTFOUND' }), id: 'unreachable', retriable: true },
  { error: new Error('Region is missing'), id: 'no-region', retriable: false },
])('the problem behind $error.name $error.message is $id', ({ error, id, retriable }) => {
  expect(apiProblem(error)?.id).toBe(id);
  expect(discoveryError(error, 'DescribeClusterV2', 'cluster orders')).toMatchObject({ retriable, cause: error });
});

it.each([named('Novelty'), 'a text'])('an unknown error %s keeps its own words', (error) => {
  expect(apiProblem(error)).toBeUndefined();
  expect(discoveryError(error, 'DescribeClusterV2', 'cluster orders')).toMatchObject({
    message: expect.stringMatching(/^DescribeClusterV2 failed for cluster orders: (said AWS|a text)$/),
    retriable: false,
  });
});
