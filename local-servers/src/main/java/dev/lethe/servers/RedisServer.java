package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Redis on a loopback port, keeping what it was told in an append-only file, or the server of {@code LETHE_REDIS_URL}
 * ({@code redis://[user:password@]host:port}).
 */
public final class RedisServer extends LocalServer {
    private static final String VARIABLE = "LETHE_REDIS_URL";
    private static final int TIMEOUT_MS = 5_000;

    private final @Nullable GivenAddress given;
    private Path program = Path.of("");

    RedisServer(Folder folder, Map<String, String> environment, Consumer<String> progress) {
        super("redis", folder, given(environment), progress);
        this.given = given(environment);
    }

    private static @Nullable GivenAddress given(Map<String, String> environment) {
        return GivenAddress.from(environment, VARIABLE, List.of("redis"), "redis://[user:password@]host:port");
    }

    /** It stays the same once the server has started. */
    public int port() {
        return given == null ? folder.port(name()) : given.port(6379);
    }

    /** {@code redis://127.0.0.1:port}, or what the environment says. */
    public String url() {
        return given == null ? "redis://127.0.0.1:" + port() : given.uri().toString();
    }

    @Override
    void prepare() throws IOException {
        program = Binaries.redis();
        Files.createDirectories(home.resolve("data"));
    }

    @Override
    void launch() throws IOException {
        launch(
                List.of(
                        program.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port()),
                        "--dir",
                        home.resolve("data").toString(),
                        "--appendonly",
                        "yes",
                        "--save",
                        ""),
                Map.of());
    }

    /** A private one is known by its pid: it has no password, and another's would answer as well. */
    @Override
    void probe() throws IOException {
        String host = given == null ? "127.0.0.1" : given.host();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port()), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            if (given != null && !given.password().isEmpty()) {
                String[] login = given.user().isEmpty()
                        ? new String[] {"AUTH", given.password()}
                        : new String[] {"AUTH", given.user(), given.password()};
                require("+OK", ask(socket, in, login));
            }
            require("+PONG", ask(socket, in, "PING"));
            if (given == null) {
                String line = ask(socket, in, "INFO", "server");
                while (!line.startsWith("process_id:")) {
                    line = in.readLine();
                    if (line == null) {
                        throw new IOException("Redis did not say its process id");
                    }
                }
                require("process_id:" + pid(), line);
            }
        }
    }

    private static String ask(Socket socket, BufferedReader in, String... command) throws IOException {
        StringBuilder request = new StringBuilder("*" + command.length + "\r\n");
        for (String part : command) {
            request.append('$')
                    .append(part.getBytes(UTF_8).length)
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        socket.getOutputStream().write(request.toString().getBytes(UTF_8));
        String answer = in.readLine();
        if (answer == null) {
            throw new IOException("Redis hung up");
        }
        return answer;
    }

    private static void require(String expected, String found) throws IOException {
        if (!found.equals(expected)) {
            throw new IOException("Redis should have answered " + expected + ", but answered " + found);
        }
    }

    @Override
    String stopSignal() {
        return "TERM";
    }

    @Override
    List<String> ports() {
        return List.of(name());
    }

    @Override
    Duration startLimit() {
        return Duration.ofSeconds(30);
    }

    @Override
    String variable() {
        return VARIABLE;
    }
}
