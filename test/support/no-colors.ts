/** Output is compared as plain text, whatever the terminal or the CI that tests run in asks for. */
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
