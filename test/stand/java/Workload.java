import static org.apache.kafka.streams.CloseOptions.GroupMembershipOperation.LEAVE_GROUP;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * Kafka's own clients as one program: for what the clients for Node lack.
 *
 * It is a child process: it ends with its parent, and reports each event as one JSON object on a line
 * of standard output. Its arguments are a command (consume, assign, share, produce, stream),
 * `stand.topic=t`, other `stand.…=…`, and settings of the client.
 */
public class Workload {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration GOOD_BYE = Duration.ofMillis(1_000);
    /** A program that has to end is gone within this time, even when Kafka does not answer. */
    private static final long END_DEADLINE_MS = 1_800;

    private static final CountDownLatch STOPPING = new CountDownLatch(1);
    private static final CountDownLatch DONE = new CountDownLatch(1);
    /** Settings of the client, as its documentation has them. */
    private static final Properties CLIENT = new Properties();
    /** Our own, without the `stand.` before them. */
    private static final Map<String, String> STAND = new HashMap<>();

    public static void main(String[] args) {
        for (String arg : Arrays.asList(args).subList(1, args.length)) {
            String key = arg.substring(0, arg.indexOf('='));
            String value = arg.substring(key.length() + 1);
            if (key.startsWith("stand.")) STAND.put(key.substring("stand.".length()), value);
            else CLIENT.put(key, value);
        }
        endOnRequest();
        try {
            switch (args[0]) {
                case "consume" -> consume();
                case "assign" -> assign();
                case "share" -> share();
                case "produce" -> produce();
                case "stream" -> stream();
                default -> throw new IllegalArgumentException("there is no program " + args[0]);
            }
        } catch (Throwable error) {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        DONE.countDown();
    }

    /** A member of a group, under the protocol and the assignor that its settings name. */
    private static void consume() {
        var consumer = new KafkaConsumer<>(CLIENT, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(STAND.get("topic")), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> added) {
                report("joined", "partitions", consumer.assignment().size());
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> lost) {}
        });
        while (!isStopping()) readOnce(consumer);
        consumer.close(CloseOptions.timeout(GOOD_BYE));
    }

    /** No member: it takes all partitions for itself and commits under the name of a group. */
    private static void assign() {
        var consumer = new KafkaConsumer<>(CLIENT, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partitions = new ArrayList<TopicPartition>();
        consumer.partitionsFor(STAND.get("topic")).forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
        consumer.assign(partitions);
        report("joined", "partitions", partitions.size());
        while (!isStopping()) readOnce(consumer);
        consumer.close(CloseOptions.timeout(GOOD_BYE));
    }

    /** Reads what is there, as far as it may, and commits that. */
    private static void readOnce(KafkaConsumer<byte[], byte[]> consumer) {
        var commits = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            var partition = new TopicPartition(record.topic(), record.partition());
            if (mayRead(record)) commits.put(partition, new OffsetAndMetadata(record.offset() + 1));
        }
        if (!commits.isEmpty()) consumer.commitSync(commits);
    }

    /**
     * A member of a share group: takes what it may, gives the rest back, and keeps still once it
     * has had to.
     */
    private static void share() throws Exception {
        readShareGroupFromItsStart();
        var consumer = new KafkaShareConsumer<>(CLIENT, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(STAND.get("topic")));
        while (!isStopping()) {
            var partitions = new HashSet<Integer>();
            boolean gaveBack = false;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                consumer.acknowledge(record, mayRead(record) ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
                partitions.add(record.partition());
                gaveBack |= !mayRead(record);
            }
            consumer.commitSync();
            if (!partitions.isEmpty()) report("joined", "partitions", partitions.size());
            // A record that is given back too often counts as read.
            if (gaveBack) STOPPING.await();
        }
        consumer.close(GOOD_BYE);
    }

    /** A setting of the group, not of its members. */
    private static void readShareGroupFromItsStart() throws Exception {
        var address = new Properties();
        address.put("bootstrap.servers", CLIENT.get("bootstrap.servers"));
        try (Admin admin = Admin.create(address)) {
            var group = new ConfigResource(ConfigResource.Type.GROUP, CLIENT.getProperty("group.id"));
            var earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
            var set = new AlterConfigOp(earliest, AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(group, List.of(set))).all().get();
        }
    }

    /**
     * Produces its records, and waits to be ended: a transaction that is left open hangs for as
     * long.
     */
    private static void produce() throws Exception {
        var producer = new KafkaProducer<>(CLIENT, new ByteArraySerializer(), new ByteArraySerializer());
        String end = STAND.get("transaction");
        if (end != null) {
            producer.initTransactions();
            producer.beginTransaction();
        }
        int sent = sendAll(producer);
        if ("commit".equals(end)) producer.commitTransaction();
        if ("abort".equals(end)) producer.abortTransaction();
        report("produced", "sent", sent);
        STOPPING.await();
        // This aborts a transaction that is open.
        producer.close(GOOD_BYE);
        report("ended", "sent", sent);
    }

    /** One record for each timestamp, or `count` stamped now; round robin over the partitions. */
    private static int sendAll(KafkaProducer<byte[], byte[]> producer) throws ExecutionException, InterruptedException {
        String topic = STAND.get("topic");
        int partitions = producer.partitionsFor(topic).size();
        String[] timestamps = STAND.containsKey("timestamps") ? STAND.get("timestamps").split(",") : null;
        int count = timestamps == null ? Integer.parseInt(STAND.get("count")) : timestamps.length;
        var pending = new ArrayList<Future<RecordMetadata>>();
        for (int i = 0; i < count; i++) {
            Long timestamp = timestamps == null ? null : Long.valueOf(timestamps[i]);
            byte[] key = String.valueOf(i).getBytes(); // Streams repartitions no record without one
            pending.add(producer.send(new ProducerRecord<>(topic, i % partitions, timestamp, key, new byte[100])));
        }
        producer.flush();
        for (Future<RecordMetadata> record : pending) record.get();
        return count;
    }

    /** A Kafka Streams application in two parts, with a repartition topic between them. */
    private static void stream() throws Exception {
        var builder = new StreamsBuilder();
        var bytes = Serdes.ByteArray();
        builder.stream(STAND.get("topic"), Consumed.with(bytes, bytes))
            .repartition(Repartitioned.with(bytes, bytes).withName("again"))
            .foreach((key, value) -> {});
        var streams = new KafkaStreams(builder.build(), CLIENT);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) report("joined", "partitions", partitionsOf(streams));
        });
        streams.start();
        STOPPING.await();
        streams.close(org.apache.kafka.streams.CloseOptions.groupMembershipOperation(LEAVE_GROUP).withTimeout(GOOD_BYE));
    }

    private static int partitionsOf(KafkaStreams streams) {
        int partitions = 0;
        for (var thread : streams.metadataForLocalThreads()) {
            for (var task : thread.activeTasks()) partitions += task.topicPartitions().size();
        }
        return partitions;
    }

    /** It lies below `stand.until`; without that, always. */
    private static boolean mayRead(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() < Long.parseLong(STAND.getOrDefault("until", String.valueOf(Long.MAX_VALUE)));
    }

    private static boolean isStopping() {
        return STOPPING.getCount() == 0;
    }

    private static synchronized void report(String event, String name, int value) {
        System.out.printf("{\"event\":\"%s\",\"%s\":%d}%n", event, name, value);
        System.out.flush();
    }

    /**
     * Ends the process with code 0 on a signal, or when standard input closes: the parent is gone.
     */
    private static void endOnRequest() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            STOPPING.countDown();
            try {
                DONE.await(END_DEADLINE_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException ended) {
                // It ends either way.
            }
            Runtime.getRuntime().halt(0);
        }));
        var watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nothing is said there.
                }
            } catch (java.io.IOException closed) {
                // Closed all the same.
            }
            System.exit(0);
        });
        watch.setDaemon(true);
        watch.start();
    }
}
