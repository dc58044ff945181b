package dev.lethe.scheduler.intake;

import static dev.lethe.messages.Topology.SCHEDULER_EXCHANGE;
import static dev.lethe.messages.Topology.SCHEDULE_QUEUE;
import static dev.lethe.messages.scheduling.ScheduleHeaders.CANCEL;
import static dev.lethe.messages.scheduling.ScheduleHeaders.FORGET;
import static dev.lethe.messages.scheduling.ScheduleHeaders.RETRY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SCHEDULE;

import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Queues;
import java.util.List;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The exchange {@code scheduler} and what reads it. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

    @Bean
    Declarables schedulerTopology() {
        var exchange = new DirectExchange(SCHEDULER_EXCHANGE);
        Queue queue = Queues.inOrder(SCHEDULE_QUEUE);
        var all = new Declarables(exchange, queue);
        for (String command : List.of(SCHEDULE, CANCEL, RETRY, FORGET)) {
            all.getDeclarables().add(BindingBuilder.bind(queue).to(exchange).with(command));
        }
        return all;
    }

    @Bean
    Declarables schedulerParkingLot() {
        return Queues.parkingLotOf(SCHEDULE_QUEUE);
    }

    @Bean
    MessageListenerContainer schedulingContainer(Consumers consumers, SchedulingListener listener) {
        return consumers.readingBatches(SCHEDULE_QUEUE, listener);
    }
}
