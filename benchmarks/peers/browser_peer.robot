*** Settings ***
Documentation       The side of Robot Framework Browser, and of rpaframework, which has the same keywords: does the steps
...                 that come on standard input, as the documentation shows them.
Library             ${LIBRARY}
Library             ${CURDIR}/browser_link.py


*** Test Cases ***
Work
    ${browser}=    Browser To Use
    New Browser    chromium    headless=${True}    executablePath=${browser}
    New Context    viewport={'width': 1200, 'height': 900}    locale=sv-SE
    New Page
    WHILE    ${True}    limit=NONE
        ${steps}=    Next Steps
        IF    $steps is None    BREAK
        TRY
            FOR    ${step}    IN    @{steps}
                Do    @{step}
            END
            Tell    done
        EXCEPT    AS    ${error}
            Tell    ${step}: ${error}
        END
    END


*** Keywords ***
Do
    [Arguments]    ${what}    ${where}    ${value}
    IF    $what == 'go'
        Go To    ${where}
    ELSE IF    $what == 'fill'
        Fill Text    ${where}    ${value}
    ELSE IF    $what == 'select'
        Select Options By    ${where}    text    ${value}
    ELSE IF    $what == 'check'
        Check Checkbox    ${where}
    ELSE IF    $what == 'press'
        Click    ${where}
    ELSE
        Wait For Elements State    ${where}    visible
    END
