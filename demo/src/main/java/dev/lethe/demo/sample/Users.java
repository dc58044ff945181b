package dev.lethe.demo.sample;

import dev.lethe.participant.SubjectEraser;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The service that keeps accounts and addresses. */
@Configuration(proxyBeanMethods = false)
class Users {

    static final PersonalRows ROWS = new PersonalRows(
            "users", List.of("addresses where account_id = :person", "accounts where id = :person"), List.of("""
            insert into accounts (id, full_name, email, language, created_at)
            select id, name, email, (array['en', 'de', 'fr', 'es'])[1 + n % 4],
                   timestamptz '2024-01-08 09:00Z' + n * interval '17 hours'
            from people
            """, """
            insert into addresses (account_id, kind, street, postal_code, city)
            select id, kind, 3 + n % 90 || ' Harbour Street', lpad((10000 + 37 * n)::text, 5, '0'),
                   (array['Lisbon', 'Hamburg', 'Lyon', 'Turku', 'Bergen'])[1 + n % 5]
            from people, unnest(array['home', 'delivery']) as kind
            where kind = 'home' or n % 2 = 0
            """));

    @Bean
    SubjectEraser eraser(DataSource database, Narrator narrator) {
        return ROWS.eraser(database, narrator);
    }
}
