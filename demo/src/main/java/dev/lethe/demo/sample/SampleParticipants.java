package dev.lethe.demo.sample;

import dev.lethe.participant.ParticipantAutoConfiguration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The four services that hold rows about people, each an application by itself with its own database and broker user. */
final class SampleParticipants implements AutoCloseable {

    private record Service(PersonalRows rows, Class<?> configuration) {

        String database() {
            return "sample_" + rows.service().replace('-', '_');
        }
    }

    /** What a service of its own would find on its class path; on this one there is the whole fleet. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        RabbitAutoConfiguration.class,
        DataSourceAutoConfiguration.class,
        MailSenderAutoConfiguration.class,
        ParticipantAutoConfiguration.class
    })
    static class Application {}

    private final Map<String, Service> services = new LinkedHashMap<>();
    private final Map<String, ConfigurableApplicationContext> running = new ConcurrentHashMap<>();
    private final Samples.Settings settings;
    private final Map<String, Object> properties;
    private final Narrator narrator;

    /** @param properties of all four, over what follows from the settings */
    SampleParticipants(Samples.Settings settings, Map<String, String> properties, Narrator narrator) {
        this.settings = settings;
        this.properties = new ConcurrentHashMap<>(properties);
        this.narrator = narrator;
        Stream.of(
                        new Service(Users.ROWS, Users.class),
                        new Service(Billing.ROWS, Billing.class),
                        new Service(ViewingHistory.ROWS, ViewingHistory.class),
                        new Service(Emailing.ROWS, Emailing.class))
                .forEach(service -> services.put(service.rows().service(), service));
    }

    /** Makes the databases anew, and starts all side by side. */
    void start(List<Person> people) {
        CompletableFuture<?>[] starts = services.values().stream()
                .map(service -> CompletableFuture.runAsync(
                        () -> {
                            prepare(service, people);
                            start(service.rows().service());
                        },
                        task -> Thread.ofPlatform()
                                .name("starts-" + service.rows().service())
                                .start(task)))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(starts).join();
    }

    private void prepare(Service service, List<Person> people) {
        settings.postgres().dropDatabase(service.database());
        settings.postgres().createDatabase(service.database());
        DataSource database = database(service);
        service.rows().createSchema(database);
        service.rows().seed(database, people);
    }

    void start(String name) {
        Service service = named(name);
        running.computeIfAbsent(name, absent -> {
            ApplicationContextInitializer<GenericApplicationContext> surroundings = context -> {
                context.registerBean(Narrator.class, () -> narrator);
                context.registerBean(BrokerAddress.class, settings::broker);
            };
            SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class, service.configuration())
                    .web(WebApplicationType.NONE)
                    .registerShutdownHook(false)
                    .logStartupInfo(false)
                    .initializers(surroundings)
                    .properties(propertiesOf(service));
            leaveLoggingAlone(builder.application());
            return builder.run();
        });
    }

    /** It is that of the JVM; each of the four would set it up anew, on top of the others. */
    private static void leaveLoggingAlone(SpringApplication application) {
        application.setListeners(application.getListeners().stream()
                .filter(listener -> !(listener instanceof LoggingApplicationListener))
                .toList());
    }

    /** From the next start of a service on. */
    void set(String property, String value) {
        properties.put(property, value);
    }

    void stop(String name) {
        ConfigurableApplicationContext context =
                running.remove(named(name).rows().service());
        if (context != null) {
            context.close();
        }
    }

    private Map<String, Object> propertiesOf(Service service) {
        String name = service.rows().service();
        var all = new HashMap<String, Object>();
        // Not application.yaml, which on this class path is that of somebody else
        all.put("spring.config.name", "sample-service");
        all.put("spring.main.banner-mode", "off");
        all.put("spring.application.name", name);
        all.put("spring.datasource.url", jdbcUrl(name));
        all.put("spring.datasource.username", settings.postgres().user());
        all.put("spring.datasource.password", settings.postgres().password());
        all.put("spring.datasource.hikari.maximum-pool-size", 4);
        all.put("spring.datasource.hikari.minimum-idle", 1);
        all.put("spring.rabbitmq.host", settings.broker().host());
        all.put("spring.rabbitmq.port", settings.broker().port());
        all.put("spring.rabbitmq.username", name);
        all.put("spring.rabbitmq.password", settings.broker().passwordOf().apply(name));
        all.putAll(properties);
        return all;
    }

    String jdbcUrl(String name) {
        return settings.postgres().jdbcUrl(named(name).database());
    }

    /** How many rows there are about this person, by service; asks the databases, so it also works while a service is stopped. */
    Map<String, Long> rowsAbout(String person) {
        var rows = new LinkedHashMap<String, Long>();
        services.forEach((name, service) -> rows.put(name, service.rows().about(database(service), person)));
        return rows;
    }

    <B> B bean(String service, Class<B> type) {
        ConfigurableApplicationContext context = running.get(service);
        if (context == null) {
            throw new IllegalStateException("the sample service '%s' is not running".formatted(service));
        }
        return context.getBean(type);
    }

    private DataSource database(Service service) {
        return new DriverManagerDataSource(
                settings.postgres().jdbcUrl(service.database()),
                settings.postgres().user(),
                settings.postgres().password());
    }

    private Service named(String name) {
        Service service = services.get(name);
        if (service == null) {
            throw new NoSuchElementException(
                    "no sample service is called '%s', there are %s".formatted(name, services.keySet()));
        }
        return service;
    }

    @Override
    public void close() {
        services.keySet().parallelStream().forEach(this::stop);
    }
}
