package dev.lethe.demo.sample;

import dev.lethe.participant.Erasure;
import dev.lethe.participant.SubjectEraser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows that one service holds about people, in a database of its own whose schema is {@code sample/SERVICE.sql}.
 *
 * @param service its name as a participant
 * @param rows each table with the condition that picks the rows about {@code :person}, those that refer to others first
 * @param seeds one insert per table, from {@code people (id, name, email, customer_number, n)}, where n counts from 1
 */
record PersonalRows(String service, List<String> rows, List<String> seeds) {

    private static final String PEOPLE = """
            with people as (
                select *
                from unnest(:ids::text[], :names::text[], :emails::text[], :numbers::text[])
                    with ordinality as people (id, name, email, customer_number, n)
            )
            """;

    /** For a database in which there is nothing yet. */
    void createSchema(DataSource database) {
        new ResourceDatabasePopulator(new ClassPathResource("sample/%s.sql".formatted(service))).execute(database);
    }

    void seed(DataSource database, List<Person> people) {
        JdbcClient sql = JdbcClient.create(database);
        for (String insert : seeds) {
            sql.sql(PEOPLE + insert)
                    .param("ids", column(people, Person::id))
                    .param("names", column(people, Person::name))
                    .param("emails", column(people, Person::email))
                    .param("numbers", column(people, Person::customerNumber))
                    .update();
        }
    }

    private static String[] column(List<Person> people, Function<Person, String> value) {
        return people.stream().map(value).toArray(String[]::new);
    }

    /** How many rows there are about this person, in all tables together. */
    long about(DataSource database, String person) {
        String sum = rows.stream()
                .map("(select count(*) from %s)"::formatted)
                .collect(Collectors.joining(" + ", "select ", ""));
        return JdbcClient.create(database)
                .sql(sum)
                .param("person", person)
                .query(Long.class)
                .single();
    }

    /** Deletes every row about the person, in one transaction. */
    SubjectEraser eraser(DataSource database, Narrator narrator) {
        var transaction = new TransactionTemplate(new JdbcTransactionManager(database));
        JdbcClient sql = JdbcClient.create(database);
        return subject -> {
            long gone = Objects.requireNonNull(transaction.execute(status -> delete(sql, subject.id())));
            narrator.tell(service, gone == 0 ? "found nothing of " + subject.id() : erased(gone, subject.id()));
            return gone == 0 ? Erasure.nothingFound() : Erasure.erased(gone);
        };
    }

    private long delete(JdbcClient sql, String person) {
        var deleted = new ArrayList<Integer>();
        for (String table : rows) {
            deleted.add(sql.sql("delete from " + table).param("person", person).update());
        }
        return deleted.stream().mapToLong(Integer::longValue).sum();
    }

    private static String erased(long records, String person) {
        return "erased %d records of %s".formatted(records, person);
    }
}
