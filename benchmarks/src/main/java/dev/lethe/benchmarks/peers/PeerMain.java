package dev.lethe.benchmarks.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Objects;

/**
 * A peer's own process. It reads a command a line ({@code load DUE FUTURE}, {@code start}, {@code stop}, {@code quit}) and
 * answers each with a line that begins with {@code @}; the first of these, before any command, is its configuration, the
 * second the query that tells when it is done.
 */
public final class PeerMain {

    private PeerMain() {}

    public static void main(String[] arguments) throws Exception {
        // Libraries may print what they want; answers have a stream of their own
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        System.setOut(System.err);
        Place place = Place.of(System.getenv());
        try (Peer peer = peer(arguments[0], place);
                var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            answers.println("@" + peer.configuration());
            answers.println("@" + peer.isDone().replaceAll("\\s+", " ").strip());
            for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
                answers.println(answer(peer, line.split(" ")));
            }
        }
        System.exit(0);
    }

    private static String answer(Peer peer, String[] words) {
        try {
            switch (words[0]) {
                case "load" -> peer.load(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                case "start" -> peer.start();
                case "stop" -> peer.stop();
                default -> throw new IllegalArgumentException("no such command: " + words[0]);
            }
            return "@ok";
        } catch (Exception e) {
            e.printStackTrace();
            return "@failed " + Objects.toString(e.getMessage(), e.toString()).replaceAll("\\s+", " ");
        }
    }

    private static Peer peer(String name, Place place) throws Exception {
        return switch (name) {
            case "perf-test" -> new PerfTestPeer(place);
            case "db-scheduler" -> new DbSchedulerPeer(place);
            case "jobrunr" -> new JobRunrPeer(place);
            case "quartz" -> new QuartzPeer(place);
            case "namastack" -> new NamastackPeer(place);
            case "naive" -> new NaivePeer(place);
            default -> throw new IllegalArgumentException("no such peer: " + name);
        };
    }
}
