/** The requests of a reading, each with the versions that we support. */
import {
  type API,
  consumerGroupDescribeV0,
  describeClusterV0,
  describeClusterV1,
  describeConfigsV4,
  describeGroupsV5,
  describeTransactionsV0,
  findCoordinatorV3,
  findCoordinatorV4,
  findCoordinatorV5,
  findCoordinatorV6,
  listGroupsV3,
  listGroupsV4,
  listGroupsV5,
  listOffsetsV6,
  listOffsetsV7,
  listOffsetsV8,
  listOffsetsV9,
  listTransactionsV0,
  listTransactionsV1,
  metadataV9,
  metadataV10,
  metadataV11,
  metadataV12,
  offsetFetchV7,
  offsetFetchV8,
  offsetFetchV9,
} from '@platformatic/kafka';
import * as describeShareGroupOffsetsV1 from './describe-share-group-offsets-v1.ts';
import * as streamsGroupDescribeV0 from './streams-group-describe-v0.ts';

/** A request of the Kafka protocol, in versions with the same arguments and fields. */
export interface KafkaRequest<Args extends unknown[], Response> {
  /** Name in the protocol guide. */
  readonly name: string;
  /** First release of Kafka that supports one of the versions. */
  readonly since: string;
  /** Newest first. */
  readonly versions: readonly API<Args, Response>[];
}

const request = <Args extends unknown[], Response>(
  name: string,
  since: string,
  ...versions: readonly { readonly api: API<Args, Response> }[]
): KafkaRequest<Args, Response> => ({ name, since, versions: versions.map((version) => version.api) });

/** Brokers, and the leaders of named topics. */
export const METADATA = request('Metadata', '2.4', metadataV12, metadataV11, metadataV10, metadataV9);
/** Brokers, and what we may do with the cluster. */
export const DESCRIBE_CLUSTER = request('DescribeCluster', '2.8', describeClusterV1, describeClusterV0);
/** Groups that one broker coordinates. */
export const LIST_GROUPS = request('ListGroups', '2.4', listGroupsV5, listGroupsV4, listGroupsV3);
/** Coordinators of many groups. */
export const FIND_COORDINATOR = request(
  'FindCoordinator',
  '3.0',
  findCoordinatorV6,
  findCoordinatorV5,
  findCoordinatorV4,
);
/** Coordinator of one group, for brokers before 3.0. */
export const FIND_ONE_COORDINATOR = request('FindCoordinator', '2.4', findCoordinatorV3);
/** Committed offsets of many groups. */
export const OFFSET_FETCH = request('OffsetFetch', '3.0', offsetFetchV9, offsetFetchV8);
/** Committed offsets of one group, for brokers before 3.0. */
export const OFFSET_FETCH_ONE = request('OffsetFetch', '2.5', offsetFetchV7);
/** State and members of classic groups. */
export const DESCRIBE_GROUPS = request('DescribeGroups', '2.4', describeGroupsV5);
/** State and members of KIP-848 groups. */
export const CONSUMER_GROUP_DESCRIBE = request('ConsumerGroupDescribe', '3.7', consumerGroupDescribeV0);
/** State and members of KIP-1071 groups. */
export const STREAMS_GROUP_DESCRIBE = request('StreamsGroupDescribe', '4.1', streamsGroupDescribeV0);
/** Lag of share groups. */
export const DESCRIBE_SHARE_GROUP_OFFSETS = request('DescribeShareGroupOffsets', '4.2', describeShareGroupOffsetsV1);
/** First and next offsets of partitions, from their leader. */
export const LIST_OFFSETS = request('ListOffsets', '2.8', listOffsetsV9, listOffsetsV8, listOffsetsV7, listOffsetsV6);
/** The same, from the version on that finds what only tiered storage has. */
export const LIST_OFFSETS_TIERED = request('ListOffsets', '3.6', listOffsetsV9, listOffsetsV8);
/** Configuration of topics. */
export const DESCRIBE_CONFIGS = request('DescribeConfigs', '2.8', describeConfigsV4);
/** Transactions that one broker coordinates. */
export const LIST_TRANSACTIONS = request('ListTransactions', '3.0', listTransactionsV1, listTransactionsV0);
/** Start, timeout and partitions of transactions, from their coordinator. */
export const DESCRIBE_TRANSACTIONS = request('DescribeTransactions', '3.0', describeTransactionsV0);

/** The client names these types only by their versions. */
export type ClassicGroup = describeGroupsV5.DescribeGroupsResponseGroup;
export type ConsumerGroup = consumerGroupDescribeV0.ConsumerGroupDescribeResponseGroup;
export type MetadataResponse = metadataV12.MetadataResponse;
export type CoordinatorAnswer = findCoordinatorV6.FindCoordinatorResponseCoordinator;
export type CommittedGroup = Pick<offsetFetchV9.OffsetFetchResponseGroup, 'topics' | 'errorCode'>;
export type ListOffsetsTopic = listOffsetsV9.ListOffsetsRequestTopic;
export type ListOffsetsRequest = typeof LIST_OFFSETS;
