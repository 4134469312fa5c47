/** The requests of a reading: which versions we speak of each, newest first. */
import {
  type API,
  consumerGroupDescribeV0,
  describeGroupsV5,
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
  metadataV9,
  metadataV10,
  metadataV11,
  metadataV12,
  offsetFetchV8,
  offsetFetchV9,
} from '@platformatic/kafka';

/** A request of the Kafka protocol, in the versions that can be told apart by nothing but their number. */
export interface KafkaRequest<Args extends unknown[], Response> {
  /** As in the protocol guide. */
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly API<Args, Response>[];
}

const request = <Args extends unknown[], Response>(
  name: string,
  ...versions: readonly { readonly api: API<Args, Response> }[]
): KafkaRequest<Args, Response> => ({ name, versions: versions.map((version) => version.api) });

/** Brokers, and the leaders of the topics named. */
export const METADATA = request('Metadata', metadataV12, metadataV11, metadataV10, metadataV9);
/** Groups that one broker coordinates. */
export const LIST_GROUPS = request('ListGroups', listGroupsV5, listGroupsV4, listGroupsV3);
/** Coordinators of many groups: from version 4 (Kafka 3.0). */
export const FIND_COORDINATOR = request('FindCoordinator', findCoordinatorV6, findCoordinatorV5, findCoordinatorV4);
/** Committed offsets of many groups: from version 8 (Kafka 3.0). */
export const OFFSET_FETCH = request('OffsetFetch', offsetFetchV9, offsetFetchV8);
/** State and members of classic groups. */
export const DESCRIBE_GROUPS = request('DescribeGroups', describeGroupsV5);
/** State and members of KIP-848 groups. */
export const CONSUMER_GROUP_DESCRIBE = request('ConsumerGroupDescribe', consumerGroupDescribeV0);
/** First and next offsets of partitions, from their leader. */
export const LIST_OFFSETS = request('ListOffsets', listOffsetsV9, listOffsetsV8, listOffsetsV7, listOffsetsV6);

/** The client has these types under the names of their versions alone. */
export type ClassicGroup = describeGroupsV5.DescribeGroupsResponseGroup;
export type ConsumerGroup = consumerGroupDescribeV0.ConsumerGroupDescribeResponseGroup;
export type MetadataResponse = metadataV12.MetadataResponse;
export type ListOffsetsTopic = listOffsetsV9.ListOffsetsRequestTopic;
export type ListOffsetsResponse = listOffsetsV9.ListOffsetsResponse;
