package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class RedisServerIT extends ServerLife {
    @Override
    Server server(LocalServers servers) {
        return servers.redis();
    }

    @Override
    String program() {
        return "redis-server-6.";
    }

    @Override
    void write(LocalServers servers, String value) throws IOException {
        assertThat(ask(servers.redis(), "set kept \"" + value + "\"")).isEqualTo("+OK");
    }

    @Override
    String read(LocalServers servers) throws IOException {
        return ask(servers.redis(), "get kept");
    }

    @Test
    void itsUrlIsWhereItListens() throws IOException {
        RedisServer redis = LocalServers.shared().redis();

        assertThat(URI.create(redis.url()))
                .hasScheme("redis")
                .hasHost("127.0.0.1")
                .hasPort(redis.port());
        assertThat(ask(redis, "ping")).isEqualTo("+PONG");
    }

    private static String ask(RedisServer redis, String command) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", redis.port())) {
            socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            String answer = in.readLine();
            return answer.startsWith("$") ? in.readLine() : answer;
        }
    }
}
