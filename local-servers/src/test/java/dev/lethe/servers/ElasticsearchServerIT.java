package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElasticsearchServerIT extends ServerLife {
    @Override
    Server server(LocalServers servers) {
        return servers.elasticsearch();
    }

    @Override
    String program() {
        return "java";
    }

    @Override
    void write(LocalServers servers, String value) throws Exception {
        String answer =
                ask(servers.elasticsearch(), "PUT", "/kept/_doc/1?refresh=true", "{\"value\":\"%s\"}".formatted(value));
        assertThat(answer).contains("\"_id\":\"1\"");
    }

    /** By a search, which needs every shard, and not by the document's id. */
    @Override
    String read(LocalServers servers) throws Exception {
        return ask(servers.elasticsearch(), "GET", "/kept/_search?filter_path=hits.hits._source.value", "")
                .replaceAll("^.*\"value\":\"([^\"]*)\".*$", "$1");
    }

    /** A small JVM starts it, and leads the session. */
    @Override
    @Test
    void itsPidIsTheServerItselfWithASessionOfItsOwn() throws Exception {
        ProcessHandle server = ProcessHandle.of(server().pid()).orElseThrow();
        String stat = Files.readString(Path.of("/proc/" + server.pid() + "/stat"), UTF_8);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");

        assertThat(stat).contains("(java)");
        assertThat(Long.parseLong(fields[3]))
                .as("session")
                .isEqualTo(server.parent().orElseThrow().pid());
        assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/cmdline")))
                .contains("org.elasticsearch.bootstrap.Elasticsearch")
                .contains("-Xmx512m");
    }

    @Test
    void itRunsOnOurJdkAndNeverAsRoot() throws Exception {
        ElasticsearchServer server = LocalServers.shared().elasticsearch();

        assertThat(ask(server, "GET", "/_nodes/_local/jvm?filter_path=nodes.*.jvm.version", ""))
                .contains("\"version\":\"" + System.getProperty("java.version") + "\"");
        assertThat(Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")))
                .anyMatch(line -> line.startsWith("Uid:") && !line.contains("\t0\t"));
        assertThat(server.url()).isEqualTo("http://127.0.0.1:" + server.port());
    }

    @Test
    void nobodyGetsItWithoutAskingForIt() {
        assertThat(LocalServers.shared().all())
                .extracting(Server::name)
                .isEqualTo(List.of("postgres", "redis", "rabbitmq"));
    }

    private static String ask(ElasticsearchServer server, String method, String path, String body)
            throws IOException, InterruptedException {
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
