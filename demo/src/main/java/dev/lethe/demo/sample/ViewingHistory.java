package dev.lethe.demo.sample;

import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.participant.SubjectEraser;
import dev.lethe.participant.SubjectExporter;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The service that keeps what people watched and how they liked it; it has no API, and exports over the broker. */
@Configuration(proxyBeanMethods = false)
class ViewingHistory {

    static final PersonalRows ROWS = new PersonalRows(
            "viewing-history",
            List.of("plays where user_id = :person", "ratings where user_id = :person"),
            List.of("""
            insert into plays (user_id, title, device, started_at, minutes)
            select id, format('%s, part %s', (array['The Lighthouse', 'Nine Winters', 'Salt Road', 'Kite Makers'])[1 + (n + k) % 4], k),
                   (array['phone', 'television', 'browser'])[1 + (n + k) % 3],
                   timestamptz '2025-11-03 19:30Z' + n * interval '11 minutes' + k * interval '1 day',
                   20 + (7 * n + 13 * k) % 70
            from people, generate_series(1, 4 + n % 6) as k
            """, """
            insert into ratings (user_id, title, stars, rated_at)
            select id, (array['The Lighthouse', 'Nine Winters', 'Salt Road', 'Kite Makers'])[k], 1 + (n + k) % 5,
                   timestamptz '2025-12-01 21:00Z' + k * interval '1 hour'
            from people, generate_series(1, 1 + n % 4) as k
            """));

    private static final String PLAYS = """
            select json_agg(row_to_json(play) order by started_at)::text
            from (select title, device, started_at, minutes from plays where user_id = :person) play
            """;

    private static final String RATINGS = """
            select json_agg(row_to_json(rating) order by rated_at)::text
            from (select title, stars, rated_at from ratings where user_id = :person) rating
            """;

    @Bean
    SubjectEraser eraser(DataSource database, Narrator narrator) {
        return ROWS.eraser(database, narrator);
    }

    @Bean
    SubjectExporter exporter(DataSource database, Narrator narrator) {
        JdbcClient sql = JdbcClient.create(database);
        return subject -> {
            List<ExportedDocument> documents = Stream.concat(
                            export(sql, "plays.json", PLAYS, subject.id()),
                            export(sql, "ratings.json", RATINGS, subject.id()))
                    .toList();
            narrator.tell(
                    "viewing-history", "handed out %d documents about %s".formatted(documents.size(), subject.id()));
            return documents;
        };
    }

    private static Stream<ExportedDocument> export(JdbcClient sql, String name, String query, String person) {
        return sql.sql(query).param("person", person).query((row, number) -> row.getString(1)).list().stream()
                .filter(json -> json != null)
                .map(json -> new ExportedDocument(name, "application/json", json, null));
    }
}
