package dev.lethe.demo.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Billing's HTTP API: {@code GET /users/{id}/payments}, for whoever has the bearer token. */
final class BillingApi implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BillingApi.class);

    private static final Pattern PAYMENTS = Pattern.compile("/users/([^/]+)/payments");

    /** One document, or null where the person is no customer. */
    private static final String PAYMENTS_OF = """
            select jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object(
                       'invoice', number,
                       'paid_at', paid_at,
                       'amount', (payments.amount_cents / 100.0)::numeric(12, 2),
                       'currency', 'EUR',
                       'method', method) order by paid_at) filter (where number is not null), '[]'))::text
            from customers
                left join invoices using (customer_number)
                left join payments on invoice_number = number
            where user_id = :person
            group by user_id
            """;

    private final JdbcClient sql;
    private final byte[] authorization;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param port 0 for any that is free */
    BillingApi(DataSource database, int port, String token) throws IOException {
        this.sql = JdbcClient.create(database);
        this.authorization = ("Bearer " + token).getBytes(UTF_8);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Matcher path = PAYMENTS.matcher(exchange.getRequestURI().getPath());
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            if (given == null || !MessageDigest.isEqual(given.getBytes(UTF_8), authorization)) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                send(exchange, 401, "{\"error\":\"a bearer token is required\"}");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                send(exchange, 405, "{\"error\":\"only GET\"}");
            } else {
                Optional<String> payments = path.matches() ? paymentsOf(path.group(1)) : Optional.empty();
                send(exchange, payments.isPresent() ? 200 : 404, payments.orElse("{\"error\":\"not found\"}"));
            }
        }
    }

    private Optional<String> paymentsOf(String person) throws IOException {
        try {
            return sql.sql(PAYMENTS_OF)
                    .param("person", person)
                    .query(String.class)
                    .optional();
        } catch (DataAccessException e) {
            log.error("payments cannot be read: {}", e.getClass().getName());
            throw new IOException("the database of billing does not answer", e);
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
