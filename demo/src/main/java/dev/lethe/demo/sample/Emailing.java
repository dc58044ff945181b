package dev.lethe.demo.sample;

import dev.lethe.participant.SubjectEraser;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.MailSender;

/** The service that writes to people. It must not forget them before it has told them that all others have. */
@Configuration(proxyBeanMethods = false)
class Emailing {

    static final String NAME = "emailing";

    static final PersonalRows ROWS = new PersonalRows(
            NAME,
            List.of("sent_mails where user_id = :person", "subscribers where user_id = :person"),
            List.of("""
            insert into subscribers (user_id, email, display_name, newsletter, subscribed_at)
            select id, email, name, n % 2 = 0, timestamptz '2024-01-08 09:00Z' + n * interval '17 hours' from people
            """, """
            insert into sent_mails (user_id, recipient, subject, sent_at)
            select id, email, (array['Welcome', 'Your trial ends soon', 'New this month'])[k],
                   timestamptz '2024-01-08 09:01Z' + n * interval '17 hours' + k * interval '9 days'
            from people, generate_series(1, 2 + n % 2) as k
            """));

    @Bean
    SubjectEraser eraser(DataSource database, Narrator narrator) {
        return ROWS.eraser(database, narrator);
    }

    @Bean
    Notices notices(DataSource database, MailSender mails) {
        return new Notices(database, mails);
    }

    @Bean
    NoticeListener noticeListener(BrokerAddress broker, Notices notices, Narrator narrator) {
        return new NoticeListener(broker, notices, narrator);
    }
}
