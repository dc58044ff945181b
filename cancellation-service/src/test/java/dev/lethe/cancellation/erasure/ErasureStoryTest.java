package dev.lethe.cancellation.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Erasing;
import dev.lethe.cancellation.erasure.Erasure.Noticed;
import org.junit.jupiter.api.Test;

class ErasureStoryTest {

    @Test
    void everybodyIsAskedThenTheSubjectIsToldThenTheMailSystemForgets() {
        Story story = Story.of("users", "billing", "emailing after notice delay PT72H");
        story.start().says("started users billing emailing", "ask users, attempt 1", "ask billing, attempt 1");
        assertThat(story.erasure()).isInstanceOf(Erasing.class);
        story.erased("billing").says("billing ERASED");
        story.erased("users").says("users ERASED", "data of u-1 erased", "ask emailing, attempt 1 in PT72H");
        assertThat(story.erasure()).isInstanceOf(Noticed.class);
        story.erased("emailing").says("emailing ERASED", "COMPLETED");
        assertThat(story.erasure()).isInstanceOf(Completed.class);
    }

    @Test
    void withoutAnybodyBehindTheNoticeItIsToldAndCompletedAtOnce() {
        Story.of("users").start().erased("users").says("users ERASED", "data of u-1 erased", "COMPLETED");
    }

    @Test
    void wavesRunInOrder() {
        Story.of("users after billing", "billing", "search after users,billing delay PT1M", "cache after users")
                .start()
                .says("started users billing search cache", "ask billing, attempt 1")
                .erased("billing")
                .says("billing ERASED", "ask users, attempt 1")
                .erased("users")
                .says("users ERASED", "ask search, attempt 1 in PT1M", "ask cache, attempt 1");
    }

    @Test
    void whoeverWaitsForSomebodyBehindTheNoticeIsAskedAfterThat() {
        Story.of("users", "archive after emailing", "emailing after notice")
                .start()
                .erased("users")
                .says("users ERASED", "data of u-1 erased", "ask emailing, attempt 1")
                .erased("emailing")
                .says("emailing ERASED", "ask archive, attempt 1")
                .erased("archive")
                .says("archive ERASED", "COMPLETED");
    }

    @Test
    void aDelayWithoutAnAfterCountsFromTheStart() {
        Story.of("users", "billing delay PT1H")
                .start()
                .says("started users billing", "ask users, attempt 1", "ask billing, attempt 1 in PT1H");
    }

    @Test
    void whatIsKeptOrFailedIsToldAtTheEndAndHoldsNobodyUp() {
        Story story = Story.of("users", "billing", "search after billing");
        story.start()
                .retains("billing")
                .says("billing RETAINED", "ask search, attempt 1")
                .fails("search", false)
                .says("search FAILED")
                .erased("users")
                .says("users ERASED", "data of u-1 erased", "COMPLETED_WITH_EXCEPTIONS billing RETAINED search FAILED");
    }

    @Test
    void aFailureForNowIsAskedAgainAndCompletesNothing() {
        Story.of("users")
                .start()
                .fails("users", true)
                .says("ask users, attempt 2 in PT1S")
                .fails("users", true)
                .says("ask users, attempt 3 in PT2S")
                .erased("users")
                .says("users ERASED", "data of u-1 erased", "COMPLETED");
    }

    @Test
    void aRepeatedAnswerChangesNothing() {
        Story.of("users", "billing").start().erased("users").erased("users").says("nothing: REPEATED");
    }

    @Test
    void aContradictionIsRefusedAndTheFirstAnswerStays() {
        Story story = Story.of("users", "billing").start().erased("users");
        Erasure before = story.erasure();
        story.fails("users", false).says("refused: contradictory_answer");
        story.retains("users").says("refused: contradictory_answer");
        assertThat(story.erasure()).isEqualTo(before);
    }

    @Test
    void anAnswerAfterTheEndChangesNothing() {
        Story story = Story.of("users").start().erased("users");
        story.erased("users").says("nothing: REPEATED");
        story.fails("users", true).says("refused: contradictory_answer");
    }
}
