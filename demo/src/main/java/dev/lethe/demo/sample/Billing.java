package dev.lethe.demo.sample;

import dev.lethe.participant.SubjectEraser;
import java.io.IOException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The service that keeps customers, invoices and payments. */
@Configuration(proxyBeanMethods = false)
class Billing {

    static final PersonalRows ROWS =
            new PersonalRows("billing", List.of("""
            payments where invoice_number in (
                select number from invoices join customers using (customer_number) where user_id = :person)
            """, """
            invoices where customer_number in (select customer_number from customers where user_id = :person)
            """, "customers where user_id = :person"), List.of("""
            insert into customers (customer_number, user_id, billing_name, customer_since)
            select customer_number, id, name, date '2024-01-08' + (n % 300)::int from people
            """, """
            insert into invoices (number, customer_number, issued_on, amount_cents)
            select format('R-%s-%s', substr(customer_number, 3), month), customer_number,
                   date '2025-01-01' + (30 * month)::int, 799 + 100 * (n % 5)
            from people, generate_series(1, 2 + n % 3) as month
            """, """
            insert into payments (invoice_number, paid_at, amount_cents, method, card_ends_in)
            select number, issued_on + interval '3 days', amount_cents,
                   case when n % 3 = 0 then 'bank transfer' else 'card' end,
                   case when n % 3 <> 0 then lpad((37 * n % 10000)::text, 4, '0') end
            from people join invoices using (customer_number)
            """));

    @Bean
    SubjectEraser eraser(DataSource database, Narrator narrator) {
        return ROWS.eraser(database, narrator);
    }

    @Bean
    BillingApi api(
            DataSource database,
            @Value("${sample.billing.port:0}") int port,
            @Value("${sample.billing.token}") String token)
            throws IOException {
        return new BillingApi(database, port, token);
    }
}
