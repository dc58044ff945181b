package dev.lethe.demo.sample;

import dev.lethe.messages.Subject;
import java.util.Map;

/**
 * Somebody who does not exist, with an account everywhere in the landscape.
 *
 * @param id how the landscape knows the person, such as {@code u-1001}
 * @param email at example.com
 * @param customerNumber how billing knows the person
 */
public record Person(String id, String name, String email, String customerNumber) {

    Subject asSubject() {
        return new Subject(id, email, Map.of("customer_number", customerNumber));
    }
}
