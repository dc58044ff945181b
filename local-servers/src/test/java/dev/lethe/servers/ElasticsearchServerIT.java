package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** As {@link ServerLife} has it, with as few starts as may be: each takes as long as all tests of another server. */
class ElasticsearchServerIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static LocalServers servers;
    private static ElasticsearchServer server;

    @BeforeAll
    static void servers() {
        servers = LocalServers.in(folder, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(folder)));
        server = servers.elasticsearch();
    }

    @AfterAll
    static void closedIsGone() {
        servers.close();
        assertThat(server.isRunning()).isFalse();
    }

    @BeforeEach
    void started() {
        server.start();
    }

    /** A small JVM starts it, and leads the session. */
    @Test
    void itsPidIsTheServerItselfOnOurJdkAndNeverAsRoot() throws Exception {
        Path process = Path.of("/proc/" + server.pid());
        String stat = Files.readString(process.resolve("stat"), UTF_8);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        ProcessHandle starter = handle().parent().orElseThrow();

        assertThat(Long.parseLong(fields[3])).as("session").isEqualTo(starter.pid());
        assertThat(Files.readString(process.resolve("cmdline")))
                .contains("org.elasticsearch.bootstrap.Elasticsearch", "-Xmx512m");
        assertThat(Files.readAllLines(process.resolve("status")))
                .anyMatch(line -> line.startsWith("Uid:") && !line.contains("\t0\t"));
        assertThat(ask("GET", "/_nodes/_local/jvm?filter_path=nodes.*.jvm.version", ""))
                .contains("\"version\":\"" + System.getProperty("java.version") + "\"");
        assertThat(server.url()).isEqualTo("http://127.0.0.1:" + server.port());
    }

    @Test
    void aServerThatCrashedIsSeenToBeDownAndHasItsDataWhenStartedAgain() throws Exception {
        write("before the crash");
        handle().destroyForcibly();
        await().until(() -> !server.isRunning());

        server.start();

        assertThat(read()).isEqualTo("before the crash");
    }

    @Test
    void aPausedServerAnswersWhenItIsResumedAndIsGoneAtOnceWhenKilled() throws Exception {
        write("before the pause");
        long pid = server.pid();
        Set<ProcessHandle> all = ProcessTree.all(List.of(handle().parent().orElseThrow()));
        server.pause();

        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return read();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(server.isRunning()).isTrue();
        assertThat(answer).failsWithin(1, TimeUnit.SECONDS);
        server.start();
        assertThat(answer).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo("before the pause");
        assertThat(server.pid()).as("started again when it was only paused").isEqualTo(pid);

        server.pause();
        server.kill();
        assertThat(server.isRunning()).isFalse();
        assertThat(server.pid()).isEqualTo(-1);
        assertThat(all).hasSizeGreaterThan(1);
        assertThat(ProcessTree.all(all)).isEmpty();
    }

    @Test
    void nobodyGetsItWithoutAskingForIt() {
        assertThat(servers.all()).extracting(Server::name).containsExactly("postgres", "redis", "rabbitmq");
    }

    private static ProcessHandle handle() {
        return ProcessHandle.of(server.pid()).orElseThrow();
    }

    private static void write(String value) throws Exception {
        assertThat(ask("PUT", "/kept/_doc/1?refresh=true", "{\"value\":\"%s\"}".formatted(value)))
                .contains("\"_id\":\"1\"");
    }

    /** By a search, which needs every shard, and not by the document's id. */
    private static String read() throws Exception {
        return ask("GET", "/kept/_search?filter_path=hits.hits._source.value", "")
                .replaceAll("^.*\"value\":\"([^\"]*)\".*$", "$1");
    }

    private static String ask(String method, String path, String body) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(server.url() + path))
                                    .header("Content-Type", "application/json")
                                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
