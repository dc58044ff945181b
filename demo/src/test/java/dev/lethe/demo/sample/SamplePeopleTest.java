package dev.lethe.demo.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplePeopleTest {

    @Test
    void theyAreTheSameEveryTimeHoweverManyThereAre() {
        assertThat(SamplePeople.named(500).subList(0, 20)).isEqualTo(SamplePeople.named(20));
        assertThat(SamplePeople.named(1).getFirst())
                .isEqualTo(new Person("u-1001", "Ada Abbot", "ada.abbot.1001@example.com", "C-200000"));
    }

    @Test
    void noTwoOfThemShareAnIdOrAnAddressOrACustomerNumber() {
        List<Person> people = SamplePeople.named(2000);

        assertThat(people).extracting(Person::id).doesNotHaveDuplicates();
        assertThat(people).extracting(Person::customerNumber).doesNotHaveDuplicates();
        assertThat(people)
                .extracting(Person::email)
                .doesNotHaveDuplicates()
                .allMatch(email -> email.matches("[a-z]+\\.[a-z]+\\.[0-9]+@example\\.com"));
    }
}
