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
  { error: new NotFoundException(meta), id: 'no-such-cluster' },
  { error: new ForbiddenException(meta), id: 'not-allowed' },
  { error: named('AccessDeniedException'), id: 'not-allowed' },
  { error: new UnauthorizedException(meta), id: 'credentials-rejected' },
  { error: named('CredentialsProviderError'), id: 'credentials-rejected' },
  { error: named('ExpiredTokenException'), id: 'credentials-rejected' },
  { error: new TooManyRequestsException(meta), id: 'throttled' },
  { error: named('ThrottlingException'), id: 'throttled' },
  { error: new InternalServerErrorException(meta), id: 'unavailable' },
  { error: new BadRequestException(meta), id: 'bad-request' },
  { error: named('TimeoutError'), id: 'unreachable' },
  { error: Object.assign(new Error('x'), { code: 'ENOTFOUND' }), id: 'unreachable' },
  { error: new Error('Region is missing'), id: 'no-region' },
])('the problem behind $error.name $error.message is $id', ({ error, id }) => {
  expect(apiProblem(error)?.id).toBe(id);
  expect(discoveryError(error, 'DescribeClusterV2', 'cluster orders')).toMatchObject({ cause: error });
});

it.each([named('Novelty'), 'a text'])('an unknown error %s keeps its own words', (error) => {
  expect(apiProblem(error)).toBeUndefined();
  expect(discoveryError(error, 'DescribeClusterV2', 'cluster orders')).toMatchObject({
    message: expect.stringMatching(/^DescribeClusterV2 failed for cluster orders: (said AWS|a text)$/),
  });
});
